// SPDX-License-Identifier: Apache-2.0
// Attempts of a trend, and how they are put together.
import type { Trend } from "../pages/list-types";

export type Measured = Trend & { duration_ns: number };

export const measured = (points: readonly Trend[]): Measured[] => points.filter((point): point is Measured => point.duration_ns !== null);

/** By what `key` says, in the order of first appearance. */
export function groups<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const own = found.get(key(item));
    if (own) own.push(item);
    else found.set(key(item), [item]);
  }
  return [...found];
}

export const kernelOf = (point: Trend): string => point.incoming || "not known";
