// SPDX-License-Identifier: Apache-2.0
// Reads a console from the controller: its end first, earlier stretches when asked for, and what
// comes while the attempt runs.
import { request } from "../api/client";
import { LineCutter, type Line } from "./lines";

const kStretch = 512 * 1024;

async function readBytes(response: Response, take: (bytes: Uint8Array) => void): Promise<void> {
  const reader = response.body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) return;
    take(piece.value);
  }
}

/** "bytes 100-199/5000": where it begins and how long the whole is. */
function placeOf(response: Response): { from: number; size: number } {
  const found = /bytes (\d+)-\d+\/(\d+)/.exec(response.headers.get("Content-Range") ?? "");
  return found ? { from: Number(found[1]), size: Number(found[2]) } : { from: 0, size: Number(response.headers.get("Content-Length") ?? 0) };
}

export interface Stretch {
  lines: Line[];
  /** Where it begins; 0: there is nothing earlier. */
  from: number;
}

/** The stretch that ends before byte `end`; without it, the console's last one. */
export async function readStretch(attempt: string, abort: AbortSignal, end?: number): Promise<Stretch> {
  const range = end === undefined ? `bytes=-${kStretch}` : `bytes=${Math.max(0, end - kStretch)}-${end - 1}`;
  const response = await request(`/attempts/${attempt}/console`, { signal: abort, headers: { Range: range } });
  const { from } = response.status === 206 ? placeOf(response) : { from: 0 };
  const cutter = new LineCutter(from);
  const lines: Line[] = [];
  await readBytes(response, (bytes) => lines.push(...cutter.take(bytes)));
  lines.push(...cutter.last());
  // It may begin within a line, which belongs to the stretch before it.
  if (from > 0 && lines.length > 1) lines.shift();
  return { lines, from: from === 0 ? 0 : (lines[0]?.offset ?? from) };
}

/** Gives lines as they come until the attempt ends. */
export async function followConsole(attempt: string, abort: AbortSignal, take: (lines: Line[]) => void): Promise<void> {
  const response = await request(`/attempts/${attempt}/console?follow`, { signal: abort });
  const cutter = new LineCutter(0);
  await readBytes(response, (bytes) => {
    const lines = cutter.take(bytes);
    if (lines.length > 0) take(lines);
  });
  take(cutter.last());
}
