// SPDX-License-Identifier: Apache-2.0
// Small things that many pages show.
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import type { Shown } from "../live/live";
import { agoText, timeText } from "./quantity";

/** A verdict or a state, as a word: colour is never the only sign. */
export function Verdict({ of }: { of: string }) {
  return <span class={`verdict v-${of.toLowerCase()}`}>{of}</span>;
}

export function Time({ of }: { of: string | null }) {
  if (of === null) return <span class="faint">not yet</span>;
  return (
    <time dateTime={of} title={timeText(of)}>{timeText(of)} <span class="faint">({agoText(of, Date.now())})</span></time>
  );
}

/** What was asked for, or why it is not there. A value stays in sight while its news fail. */
export function Asked<T>({ of, children }: { of: Signal<Shown<T>>; children: (value: T) => ComponentChildren }) {
  const { value, trouble } = of.value;
  return (
    <>
      {trouble && <p class="trouble" role="alert">{trouble.message}</p>}
      {value === null ? !trouble && <p class="faint" aria-busy="true">Loading...</p> : children(value)}
    </>
  );
}

/** A table that scrolls within itself on a narrow screen. */
export function Table({ label, head, children }: { label: string; head: readonly string[]; children: ComponentChildren }) {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>{head.map((name) => <th key={name} scope="col">{name}</th>)}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
