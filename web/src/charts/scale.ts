// SPDX-License-Identifier: Apache-2.0
// From values to places on an axis, with ticks at round numbers.

export interface Scale {
  from: number;
  to: number;
  place: (value: number) => number;
  ticks: number[];
}

const kSteps = [1, 2, 5, 10] as const;

function stepFor(span: number, most: number): number {
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * (kSteps.find((step) => step * power >= raw) ?? 10);
}

/** Values from `from` to `to` over `width`; at most `most` ticks or a few more. */
export function linearScale(from: number, to: number, width: number, most = 6): Scale {
  const span = to - from || Math.abs(to) || 1;
  const step = stepFor(span, most);
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to + step / 1e6; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return { from, to, place: (value) => ((value - from) / span) * width, ticks };
}

/** The same by factors; `from` must be above 0. Ticks at 1, 2 and 5 of each power of ten, fewer where there are many. */
export function logScale(from: number, to: number, width: number): Scale {
  const low = Math.log10(from);
  const span = Math.log10(to) - low || 1;
  const steps = span > 4 ? [1] : span > 2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(low + span); power += 1) {
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(12));
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  return { from, to, place: (value) => ((Math.log10(Math.max(value, from)) - low) / span) * width, ticks };
}
