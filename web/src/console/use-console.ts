// SPDX-License-Identifier: Apache-2.0
// What is known of one attempt's console, and the ways to know more.
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { Trouble } from "../api/client";
import { findLine, followFrom, readAfter, readAround, readBefore, readEnd } from "./feed";
import type { Line } from "./lines";
import { append, isAtEnd, kEmptyWindow, prepend, windowOf, type Window } from "./window";

export interface Known {
  window: Window;
  trouble: string;
  busy: boolean;
  /** Of a search beyond the window: how far it is, in bytes; null: none is under way. */
  searched: number | null;
}

export interface ConsoleReader {
  known: Signal<Known>;
  earlier: () => void;
  later: () => void;
  /** The window moves to where byte `at` is. */
  around: (at: number) => Promise<void>;
  toEnd: () => Promise<void>;
  /** The next line, or the one before, beyond byte `begin`; null: there is none. */
  find: (begin: number, step: 1 | -1, is: (line: Line) => boolean) => Promise<Line | null>;
}

/** Lines that came since the last frame are shown together. */
function inFrames(show: (lines: Line[], to: number) => void): (lines: Line[], to: number) => void {
  let waiting: Line[] = [];
  let end = 0;
  return (lines, to) => {
    if (waiting.length === 0) requestAnimationFrame(() => {
      const shown = waiting;
      waiting = [];
      show(shown, end);
    });
    for (const line of lines) waiting.push(line);
    end = to;
  };
}

/** News belong to a window that ends where they begin; another one only learns how long the console is. */
function withNews(window: Window, lines: readonly Line[], to: number): Window {
  const news = lines.filter((line) => line.offset >= window.to);
  if (news[0]?.offset === window.to) return append(window, news, to, to);
  return { ...window, size: Math.max(window.size, to) };
}

export function useConsole(attempt: string, ended: boolean): ConsoleReader {
  const known = useSignal<Known>({ window: kEmptyWindow, trouble: "", busy: true, searched: null });
  const abort = useRef(new AbortController());
  const search = useRef(new AbortController());
  const change = (to: Partial<Known>): void => {
    known.value = { ...known.peek(), ...to };
  };
  const guarded = async (signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    try {
      await work(signal);
    } catch (error) {
      if (signal.aborted) return;
      change({ trouble: error instanceof Trouble ? error.message : String(error) });
    }
    if (!signal.aborted) change({ busy: false });
  };
  const order = (work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    if (known.peek().busy) return Promise.resolve();
    change({ busy: true, trouble: "" });
    return guarded(abort.current.signal, work);
  };
  useEffect(() => {
    const mine = new AbortController();
    abort.current = mine;
    const { signal } = mine;
    void guarded(signal, async () => {
      const { window } = known.peek();
      if (window.size > 0) {
        // It was followed, and has ended.
        if (!isAtEnd(window)) return;
        const rest = await readAfter(attempt, window.to, false, signal);
        if (rest.lines.length > 0) change({ window: append(window, rest.lines, rest.to, rest.size) });
        return;
      }
      const first = windowOf(await readEnd(attempt, !ended, signal));
      change({ window: first, busy: false });
      if (!ended) await followFrom(attempt, first.to, signal, inFrames((lines, to) => !signal.aborted && change({ window: withNews(known.peek().window, lines, to) })));
    });
    return () => mine.abort();
  }, [attempt, ended]);
  return {
    known,
    earlier: () => void order(async (signal) => {
      const { from } = known.peek().window;
      if (from > 0) {
        const stretch = await readBefore(attempt, from, signal);
        change({ window: prepend(known.peek().window, stretch) });
      }
    }),
    later: () => void order(async (signal) => {
      const { window } = known.peek();
      const { lines, to, size } = await readAfter(attempt, window.to, !ended, signal);
      if (lines.length > 0) change({ window: append(window, lines, to, size) });
    }),
    around: (at) => order(async (signal) => change({ window: windowOf(await readAround(attempt, at, !ended, signal)) })),
    toEnd: () => order(async (signal) => change({ window: windowOf(await readEnd(attempt, !ended, signal)) })),
    find: async (begin, step, is) => {
      search.current.abort();
      const mine = new AbortController();
      search.current = mine;
      let found: Line | null = null;
      change({ searched: begin });
      await guarded(mine.signal, async (signal) => {
        found = await findLine(attempt, begin, step, signal, is, (searched) => change({ searched }));
      });
      if (search.current === mine) change({ searched: null });
      return mine.signal.aborted ? null : found;
    },
  };
}
