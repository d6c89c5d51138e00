// SPDX-License-Identifier: Apache-2.0
// Dark or light: as the system has it, until somebody says otherwise.
import { signal } from "@preact/signals";

type Theme = "dark" | "light";
const kKey = "luolab.theme";

function first(): Theme {
  const kept = localStorage.getItem(kKey);
  if (kept === "dark" || kept === "light") return kept;
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

export const theme = signal<Theme>(first());

export function applyTheme(): void {
  document.documentElement.dataset["theme"] = theme.value;
}

export function switchTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  localStorage.setItem(kKey, theme.value);
}
