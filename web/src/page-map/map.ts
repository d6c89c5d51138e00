// SPDX-License-Identifier: Apache-2.0
// A page map as the artifact `page-map` has it (luolab.page-map/v1, docs/results.md), and states of
// pages looked up in it. Kept by runs: memory and time follow what is shown, not the pages there are.

export type Letter = "W" | "T" | "L" | "F" | "S" | "C" | "X" | "U";

/** From what is worst to what is best: many pages in one cell show the worst of them. */
export const kLetters: readonly Letter[] = ["C", "F", "L", "S", "X", "U", "T", "W"];

export const kStateNames: Record<Letter, string> = {
  W: "whole",
  T: "torn, but journalled",
  L: "lost",
  F: "foreign",
  S: "stale",
  C: "corrupt",
  X: "unexamined",
  U: "unchecked",
};

export const kStateMeanings: Record<Letter, string> = {
  W: "holds what it must",
  T: "in the middle of a write that its writer's journal names: as it must be",
  L: "zeroes, or past the end of the file, where content was expected",
  F: "content of another page",
  S: "its own content of an earlier time",
  C: "anything else that is not right",
  X: "not right, and not looked at closer",
  U: "nobody looked",
};

export interface Ends {
  head: string;
  tail: string;
}

export interface Origin {
  memfd: string;
  page: number;
  generation?: number;
  writer?: number;
  identical?: boolean;
}

export interface BadPage {
  entry: number;
  page: number;
  state: Letter;
  seems: string;
  expected: Ends;
  actual?: Ends;
  wanted?: Origin;
  found?: Origin;
  first_difference_byte?: number;
  different_words?: number;
}

export interface MemfdPages {
  hop: number;
  memfd: string;
  look: number;
  pattern: string;
  size_bytes: number;
  actual_bytes?: number;
  states: string;
}

export interface PageMap {
  schema: string;
  page_bytes: number;
  memfds: MemfdPages[];
  bad: BadPage[];
  bad_left_out: number;
}

/** The mark `page-map.read` is where `page-map.open` is measured from, up to the first picture. */
export function readPageMap(text: string): PageMap {
  performance.mark("page-map.read");
  return JSON.parse(text) as PageMap;
}

/** Index into kLetters. */
export type State = number;
const kOfLetter = new Map(kLetters.map((letter, index) => [letter as string, index]));
export const kWhole = kLetters.indexOf("W");
export const kFirstGood = kLetters.indexOf("T");

/** The states of one memfd's pages. */
export class PageRuns {
  readonly pages: number;
  readonly counts: number[] = kLetters.map(() => 0);
  /** First page of each run; the run after the last begins at `pages`. */
  private readonly starts: Float64Array;
  private readonly states: Uint8Array;

  constructor(text: string) {
    const runs = [...text.matchAll(/([A-Z])(\d*)/g)];
    this.starts = new Float64Array(runs.length);
    this.states = new Uint8Array(runs.length);
    let page = 0;
    for (const [index, [, letter = "U", length = ""]] of runs.entries()) {
      const state = kOfLetter.get(letter) ?? kLetters.indexOf("U");
      const pages = length === "" ? 1 : Number(length);
      this.starts[index] = page;
      this.states[index] = state;
      this.counts[state] = (this.counts[state] ?? 0) + pages;
      page += pages;
    }
    this.pages = page;
  }

  private runOf(page: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= page) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  stateAt(page: number): State {
    return this.states[this.runOf(page)] ?? kWhole;
  }

  /** Gives the worst state of each of `cells` cells of `span` pages from page `first` on. */
  fillCells(first: number, span: number, cells: Uint8Array): void {
    let run = this.runOf(first);
    for (let cell = 0; cell < cells.length; cell += 1) {
      const end = first + (cell + 1) * span;
      let worst = this.states[run] ?? kWhole;
      while (run + 1 < this.starts.length && (this.starts[run + 1] ?? 0) < end) {
        run += 1;
        worst = Math.min(worst, this.states[run] ?? kWhole);
      }
      cells[cell] = worst;
      if (run + 1 < this.starts.length && (this.starts[run + 1] ?? 0) === end) run += 1;
    }
  }

  /** The worst state of pages `first` up to `end`, that one left out. */
  worstOf(first: number, end: number): State {
    const cell = new Uint8Array(1);
    this.fillCells(first, Math.max(1, end - first), cell);
    return cell[0] ?? kWhole;
  }

  /** The nearest page behind `page` that is bad; nothing where none is. */
  nextBad(page: number): number | null {
    for (let run = this.runOf(page); run < this.starts.length; run += 1) {
      const at = Math.max(this.starts[run] ?? 0, page + 1);
      if ((this.states[run] ?? kWhole) < kFirstGood && at < (this.starts[run + 1] ?? this.pages)) return at;
    }
    return null;
  }

  lastBadBefore(page: number): number | null {
    for (let run = this.runOf(Math.max(0, page - 1)); run >= 0; run -= 1) {
      const last = Math.min((this.starts[run + 1] ?? this.pages) - 1, page - 1);
      if ((this.states[run] ?? kWhole) < kFirstGood && last >= (this.starts[run] ?? 0)) return last;
    }
    return null;
  }
}

/** One memfd of the map with its states read. */
export interface MapEntry {
  index: number;
  memfd: MemfdPages;
  runs: PageRuns;
}

export function entriesOf(map: PageMap, hop: number, look: number): MapEntry[] {
  return map.memfds.flatMap((memfd, index) => (memfd.hop === hop && memfd.look === look ? [{ index, memfd, runs: new PageRuns(memfd.states) }] : []));
}
