// SPDX-License-Identifier: Apache-2.0
// Who asks, and what the token allows: buttons that would be refused say so beforehand.
import { effect, signal } from "@preact/signals";

import { get, token, type Schemas } from "./client";

type Role = Schemas["CallerResource"]["role"];

export const caller = signal<Schemas["CallerResource"] | null>(null);

/** Keeps `caller` in step with the token. */
export function followCaller(): void {
  effect(() => {
    const asked = token.value;
    get<Schemas["CallerResource"]>("/caller").then(
      (answer) => {
        if (token.value === asked) caller.value = answer;
      },
      () => {
        if (token.value === asked) caller.value = null;
      },
    );
  });
}

/** Empty, or why an order that needs this role would be refused. An admin may all that a submitter may. */
export function refusedFor(role: "admin" | "submit"): string {
  const own: Role | undefined = caller.value?.role;
  if (own === undefined || own === "admin" || own === role) return "";
  return `this needs a token of role ${role}; yours (${caller.value?.name}) has role ${own}`;
}
