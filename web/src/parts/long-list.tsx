// SPDX-License-Identifier: Apache-2.0
// A list of any length, newest first, that scrolls within itself: only rows in sight are there, more
// are asked for as one comes near the end of what is known, and what is in sight is kept up to date.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { get, Trouble, type PageOf, type Schemas } from "../api/client";
import { watch } from "../live/live";
import { numberOf, withAnswer, type Named, type Part } from "../live/window";

const kRow = 34; // px, as in lists.css
const kBeyond = 10; // rows above and below those in sight
const kAsked = 50;
const kGatherMs = 150;

export interface LongListProps<T> {
  label: string;
  /** Of the API, with its filter. */
  path: string;
  /** Begins with what is older than this id. */
  from: string;
  head: readonly { name: string; width: string }[];
  row: (item: T) => ComponentChildren;
  concerns: (event: Schemas["EventResource"]) => boolean;
  empty: string;
}

class Rows<T extends Named> {
  readonly part = signal<Part<T> | null>(null);
  readonly trouble = signal("");
  private first = 0;
  private fresh = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private again = false;
  private readonly abort = new AbortController();

  constructor(
    private readonly path: string,
    private readonly from: number,
  ) {}

  begin(concerns: (event: Schemas["EventResource"]) => boolean): () => void {
    const left = watch(concerns, () => {
      this.fresh.clear();
      this.soon();
    });
    void this.work();
    return () => {
      left();
      clearTimeout(this.timer);
      this.abort.abort();
    };
  }

  /** Rows from `first` on are in sight, so many of them. */
  show(first: number, count: number): void {
    this.first = first;
    const part = this.part.value;
    if (!part) return;
    const shown = part.items.slice(first, first + count);
    const near = part.more && first + count + 2 * kBeyond > part.items.length;
    if (shown.some((item) => !this.fresh.has(item.id))) this.soon();
    else if (near && !this.busy) void this.work();
  }

  private soon(): void {
    this.timer ??= setTimeout(() => void this.work(), kGatherMs);
  }

  /** Asks for what is in sight where that is not known to be fresh, else for what comes after it. */
  private async work(): Promise<void> {
    this.timer = undefined;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    try {
      await this.ask();
      this.trouble.value = "";
    } catch (error) {
      if (error instanceof Trouble && !this.abort.signal.aborted) this.trouble.value = error.message;
    }
    this.busy = false;
    if (this.again && !this.abort.signal.aborted) {
      this.again = false;
      this.soon();
    }
  }

  private async ask(): Promise<void> {
    const items = this.part.value?.items ?? [];
    const stale = items.length === 0 || items.slice(this.first, this.first + kAsked - 2 * kBeyond).some((item) => !this.fresh.has(item.id));
    const above = stale ? items[Math.max(0, this.first - kBeyond) - 1] : items.at(-1);
    const before = above ? numberOf(above) : this.from;
    const cursor = before === Infinity ? "" : `&cursor=${before}`;
    const page = await get<PageOf<T>>(`${this.path}${cursor}`, this.abort.signal);
    for (const item of page.items) this.fresh.add(item.id);
    this.part.value = withAnswer(this.part.value ?? { items: [], more: false }, { before, items: page.items, more: page.next !== null });
  }
}

export function LongList<T extends Named>({ label, path, from, head, row, concerns, empty }: LongListProps<T>) {
  const place = useRef<HTMLDivElement>(null);
  const asked = `${path}${path.includes("?") ? "&" : "?"}limit=${kAsked}`;
  const [rows] = useState(() => new Rows<T>(asked, from === "" ? Infinity : Number(from)));
  const [{ first, count }, setSight] = useState({ first: 0, count: 20 });
  useEffect(() => rows.begin(concerns), []);
  const look = (): void => {
    const box = place.current;
    if (!box) return;
    // By steps: not every pixel is worth another drawing.
    const at = Math.floor(box.scrollTop / kRow / 5) * 5;
    const seen = Math.ceil(box.clientHeight / kRow) + 5;
    if (at !== first || seen !== count) setSight({ first: at, count: seen });
    rows.show(at, seen);
  };
  const part = rows.part.value;
  useEffect(look, [part]);
  if (!part) return rows.trouble.value === "" ? <p class="faint" aria-busy="true">Loading...</p> : <p class="trouble" role="alert">{rows.trouble.value}</p>;
  const begin = Math.max(0, Math.min(first, part.items.length) - kBeyond);
  const shown = part.items.slice(begin, first + count + kBeyond);
  const below = part.items.length - begin - shown.length + (part.more ? 2 * kBeyond : 0);
  const gap = (height: number) => height > 0 && <tr aria-hidden="true"><td class="gap" colSpan={head.length} style={{ height: `${height * kRow}px` }} /></tr>;
  return (
    <>
      {rows.trouble.value !== "" && <p class="trouble" role="alert">{rows.trouble.value}</p>}
      {part.items.length === 0 ? <p class="faint">{empty}</p> : (
        <div ref={place} class="long" role="group" aria-label={label} tabIndex={0} onScroll={look}>
          <table aria-rowcount={part.more ? -1 : part.items.length + 1}>
            <thead>
              <tr>{head.map(({ name, width }) => <th key={name} scope="col" style={{ width }}>{name}</th>)}</tr>
            </thead>
            <tbody>
              {gap(begin)}
              {shown.map((item, index) => <tr key={item.id} aria-rowindex={begin + index + 2}>{row(item)}</tr>)}
              {gap(below)}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
