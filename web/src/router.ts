// SPDX-License-Identifier: Apache-2.0
// Which page the address names. Links are plain links; clicks on those of this origin stay here.
import { signal } from "@preact/signals";

export const address = signal(location.pathname + location.search);

/** `instead`: the page stays the same one, and going back leaves it. */
export function go(to: string, instead = false): void {
  if (instead) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  address.value = to;
  if (!instead) scrollTo(0, 0);
}

export function listenToAddress(): void {
  addEventListener("popstate", () => {
    address.value = location.pathname + location.search;
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.origin !== location.origin || link.target !== "" || link.hasAttribute("download")) return;
    if (link.pathname.startsWith("/api/")) return;
    if (link.pathname === location.pathname && link.hash !== "") return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
