// SPDX-License-Identifier: Apache-2.0
// The part of a long list, newest first, that has been asked for. Pure: pages of the API go in.

export interface Named {
  id: string;
}

export interface Part<T extends Named> {
  items: readonly T[];
  /** Whether the list goes on after the last item. */
  more: boolean;
}

/** What a list gave when it was asked for items older than `before` (nothing: the newest). */
export interface Answer<T extends Named> {
  before: number;
  items: readonly T[];
  more: boolean;
}

/** Ids grow: "j34" is 34. */
export const numberOf = (item: Named): number => Number(/\d+$/.exec(item.id)?.[0] ?? 0);

/** The part with what the answer says of the stretch that it covers: nothing is there twice, and what
 * is no longer in the list goes. An answer that does not touch the part leaves a hole that nobody
 * could see: then what lies on the older side of it is forgotten, and asked for again. */
export function withAnswer<T extends Named>(part: Part<T>, answer: Answer<T>): Part<T> {
  const last = answer.items.at(-1);
  const end = answer.more && last ? numberOf(last) : 0;
  const newer = part.items.filter((item) => numberOf(item) >= answer.before);
  const older = part.items.filter((item) => numberOf(item) < end);
  const touches = !answer.more || part.items.some((item) => numberOf(item) >= end && numberOf(item) < answer.before);
  if (!answer.more || !touches) return { items: [...newer, ...answer.items], more: answer.more };
  return { items: [...newer, ...answer.items, ...older], more: older.length > 0 ? part.more : answer.more };
}
