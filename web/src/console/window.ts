// SPDX-License-Identifier: Apache-2.0
// The part of a console that is on the page: lines in blocks, which never change once they are full, so
// that a change costs what changes.
import type { Stretch } from "./feed";
import type { Line } from "./lines";

const kBlockLines = 200;
/** More than this is given up at the end that is not being read. */
const kMostBytes = 1024 * 1024;

export interface Block {
  readonly lines: readonly Line[];
}

export interface Window {
  readonly blocks: readonly Block[];
  readonly from: number;
  readonly to: number;
  /** Of the whole console, as far as it is known. */
  readonly size: number;
}

export const kEmptyWindow: Window = { blocks: [], from: 0, to: 0, size: 0 };

function blocksOf(lines: readonly Line[]): Block[] {
  return Array.from({ length: Math.ceil(lines.length / kBlockLines) }, (_, index) => ({ lines: lines.slice(index * kBlockLines, (index + 1) * kBlockLines) }));
}

export const windowOf = ({ lines, from, to, size }: Stretch): Window => ({ blocks: blocksOf(lines), from, to, size: Math.max(size, to) });

export const beginOf = (block: Block | undefined): number => block?.lines[0]?.offset ?? 0;

function withoutEarliest(window: Window): Window {
  let first = 0;
  while (first < window.blocks.length - 1 && window.to - beginOf(window.blocks[first]) > kMostBytes) first += 1;
  return first === 0 ? window : { ...window, blocks: window.blocks.slice(first), from: beginOf(window.blocks[first]) };
}

function withoutLatest(window: Window): Window {
  let { to } = window;
  let count = window.blocks.length;
  while (count > 1 && to - window.from > kMostBytes) {
    count -= 1;
    to = beginOf(window.blocks[count]);
  }
  return count === window.blocks.length ? window : { ...window, blocks: window.blocks.slice(0, count), to };
}

/** `lines` follow on what is there. */
export function append(window: Window, lines: readonly Line[], to: number, size: number): Window {
  const last = window.blocks.at(-1);
  const grows = last !== undefined && last.lines.length < kBlockLines;
  const blocks = grows ? [...window.blocks.slice(0, -1), ...blocksOf([...last.lines, ...lines])] : [...window.blocks, ...blocksOf(lines)];
  return withoutEarliest({ blocks, from: window.blocks.length === 0 ? (lines[0]?.offset ?? window.from) : window.from, to, size: Math.max(window.size, size, to) });
}

/** What is there follows on the stretch. */
export function prepend(window: Window, stretch: Stretch): Window {
  return withoutLatest({ ...window, blocks: [...blocksOf(stretch.lines), ...window.blocks], from: stretch.from });
}

/** Whether what comes now belongs to its end. */
export const isAtEnd = (window: Window): boolean => window.to >= window.size;
