// SPDX-License-Identifier: Apache-2.0
// A chart whose points are read one by one, with the mouse or the keyboard; and the same points as a
// table.
import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { Table } from "../parts/small";

/** Which point a key goes to; null: the key is not one of these. */
function stepTo(key: string, at: number | null, count: number): number | null {
  const last = count - 1;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return at === null ? 0 : Math.min(at + 1, last);
    case "ArrowLeft":
    case "ArrowDown":
      return at === null ? last : Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

export interface WalkProps {
  label: string;
  count: number;
  /** The point that is looked at. */
  at: Signal<number | null>;
  /** What a point says, with its units. */
  say: (index: number) => string;
  /** Enter, and a click on what `say` says. */
  open?: (index: number) => void;
  children: ComponentChildren;
}

export function Walk({ label, count, at, say, open, children }: WalkProps) {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && at.value !== null && open) open(at.value);
    else if (event.key === "Escape") at.value = null;
    else {
      const next = stepTo(event.key, at.value, count);
      if (next === null) return;
      at.value = next;
    }
    event.preventDefault();
  };
  const present = at.value !== null && at.value < count ? at.value : null;
  return (
    <div class="walk">
      <div class="walked" tabIndex={0} role="group" aria-label={`${label}. Arrow keys go from point to point${open ? ", Enter opens one" : ""}.`} onKeyDown={onKey}>{children}</div>
      <p class="told" role="status">
        {present === null ? <span class="faint">Point at a dot, or use the arrow keys.</span> : say(present)}
        {present !== null && open && <> <button type="button" class="link" onClick={() => open(present)}>open</button></>}
      </p>
    </div>
  );
}

export interface PointsTableProps {
  label: string;
  head: readonly string[];
  /** Rows of cells; made when the table is opened. */
  rows: () => readonly ComponentChildren[][];
}

export function PointsTable({ label, head, rows }: PointsTableProps) {
  const shown = useSignal(false);
  return (
    <details onToggle={(event) => (shown.value = event.currentTarget.open)}>
      <summary>{label} as a table</summary>
      {shown.value && (
        <div class="tall">
          <Table label={`${label}, as a table`} head={head}>
            {rows().map((cells, index) => <tr key={index}>{cells.map((cell, column) => <td key={column}>{cell}</td>)}</tr>)}
          </Table>
        </div>
      )}
    </details>
  );
}
