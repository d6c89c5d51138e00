// SPDX-License-Identifier: Apache-2.0
// Reads a console from the controller, a stretch at a time: consoles of many megabytes are never asked
// for as a whole.
import { request, Trouble } from "../api/client";
import { LineCutter, type Line } from "./lines";

const kStretch = 256 * 1024;
const kSearchStretch = 1024 * 1024;
const kAgainMs = 1000;

export interface Stretch {
  lines: Line[];
  /** Bytes from the first line's begin to behind the last line's end. */
  from: number;
  to: number;
  /** Of the whole console when this was read, up to the end of its last line. */
  size: number;
}

const kNothing: Stretch = { lines: [], from: 0, to: 0, size: 0 };

/** "bytes 100-199/5000": where it begins and how long the whole is. */
function placeOf(response: Response, length: number): { from: number; size: number } {
  const found = response.status === 206 ? /bytes (\d+)-\d+\/(\d+)/.exec(response.headers.get("Content-Range") ?? "") : null;
  return found ? { from: Number(found[1]), size: Number(found[2]) } : { from: 0, size: length };
}

interface How {
  range: string;
  /** It begins where a line does; otherwise the first line belongs to what is before it. */
  atLine: boolean;
  /** More will come: a line that has not ended is left to what comes. */
  live: boolean;
}

async function read(attempt: string, how: How, abort: AbortSignal): Promise<Stretch> {
  let response: Response;
  try {
    response = await request(`/attempts/${attempt}/console`, { signal: abort, headers: { Range: how.range } });
  } catch (error) {
    if (error instanceof Trouble && error.status === 416) return kNothing; // nothing is there (yet)
    throw error;
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { from, size } = placeOf(response, bytes.length);
  const cutter = new LineCutter(from);
  const lines = cutter.take(bytes);
  const isLast = from + bytes.length >= size;
  if (isLast && !how.live) lines.push(...cutter.last());
  const to = isLast && !how.live ? size : cutter.waiting;
  if (!how.atLine && from > 0 && lines.length > 1) lines.shift();
  return { lines, from: lines[0]?.offset ?? from, to, size: isLast ? to : size };
}

export const readEnd = (attempt: string, live: boolean, abort: AbortSignal): Promise<Stretch> => read(attempt, { range: `bytes=-${kStretch}`, atLine: false, live }, abort);

/** What ends before byte `end`, where a line begins. */
export const readBefore = (attempt: string, end: number, abort: AbortSignal, length = kStretch): Promise<Stretch> =>
  read(attempt, { range: `bytes=${Math.max(0, end - length)}-${end - 1}`, atLine: end <= length, live: false }, abort);

/** What begins at byte `begin`, where a line begins. */
export const readAfter = (attempt: string, begin: number, live: boolean, abort: AbortSignal, length = kStretch): Promise<Stretch> =>
  read(attempt, { range: `bytes=${begin}-${begin + length - 1}`, atLine: true, live }, abort);

/** With byte `at` in its first half. */
export const readAround = (attempt: string, at: number, live: boolean, abort: AbortSignal): Promise<Stretch> => {
  const begin = Math.max(0, at - kStretch / 4);
  return read(attempt, { range: `bytes=${begin}-${begin + kStretch - 1}`, atLine: begin === 0, live }, abort);
};

async function followOnce(attempt: string, from: number, abort: AbortSignal, take: (lines: Line[], to: number) => void): Promise<void> {
  const response = await request(`/attempts/${attempt}/console?follow&offset=${from}`, { signal: abort });
  const cutter = new LineCutter(from);
  const reader = response.body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) break;
    const lines = cutter.take(piece.value);
    if (lines.length > 0) take(lines, cutter.waiting);
  }
}

/** Gives lines as they come, from byte `from` on, until the attempt ends; a lost controller is tried
 * again every second, from where it was. */
export async function followFrom(attempt: string, from: number, abort: AbortSignal, take: (lines: Line[], to: number) => void): Promise<void> {
  let at = from;
  while (!abort.aborted) {
    try {
      return await followOnce(attempt, at, abort, (lines, to) => {
        at = to;
        take(lines, to);
      });
    } catch (error) {
      if (abort.aborted) return;
      if (error instanceof Trouble && error.status !== 0 && error.status !== 503) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, kAgainMs));
  }
}

/** Looks through stretches from `begin` on, or from it back, and gives the first line that `is` likes. */
export async function findLine(attempt: string, begin: number, step: 1 | -1, abort: AbortSignal, is: (line: Line) => boolean, said: (done: number) => void): Promise<Line | null> {
  for (let at = begin; at > 0 || step > 0; ) {
    const stretch = step > 0 ? await readAfter(attempt, at, false, abort, kSearchStretch) : await readBefore(attempt, at, abort, kSearchStretch);
    const lines = step > 0 ? stretch.lines : stretch.lines.reverse();
    const found = lines.find(is);
    if (found) return found;
    if (lines.length === 0) return null;
    at = step > 0 ? stretch.to : stretch.from;
    said(at);
    if (step > 0 && at >= stretch.size) return null;
  }
  return null;
}
