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
