// SPDX-License-Identifier: Apache-2.0
// Time against memory: each attempt a dot, the straight line through them with its band.
import { linearRegression, quantileSorted } from "simple-statistics";

import { linearScale } from "../charts/scale";
import { durationText, sizeText } from "../parts/quantity";

export interface Sized {
  bytes: number;
  seconds: number;
}

const kWidth = 640;
const kHeight = 300;
const kLeft = 70;
const kBottom = 30;
const kDraws = 300;
const kMiB = 2 ** 20;
const kGiB = 2 ** 30;

/** Always the same numbers: a picture that is drawn again must not move. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

interface Fit {
  /** Seconds for each GiB, with the interval that holds 95 % of the draws. */
  slope: number;
  low: number;
  high: number;
  at: (bytes: number) => number;
  /** Of the line at a size: 95 % of the draws. */
  band: (bytes: number) => [number, number];
}

/** Least squares; the band comes from draws of the attempts with replacement (bootstrap). */
export function fitOf(points: readonly Sized[]): Fit | null {
  if (new Set(points.map((point) => point.bytes)).size < 2) return null;
  const pairs = points.map((point) => [point.bytes / kGiB, point.seconds]);
  const { m, b } = linearRegression(pairs);
  const chance = chances(1);
  const lines = Array.from({ length: kDraws }, () => linearRegression(pairs.map(() => pairs[Math.floor(chance() * pairs.length)] ?? [0, 0]))).filter((line) => Number.isFinite(line.m));
  const between = (values: number[]): [number, number] => {
    const sorted = values.sort((x, y) => x - y);
    return [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)];
  };
  const [low, high] = between(lines.map((line) => line.m));
  return {
    slope: m,
    low,
    high,
    at: (bytes) => (m * bytes) / kGiB + b,
    band: (bytes) => between(lines.map((line) => (line.m * bytes) / kGiB + line.b)),
  };
}

export function Scaling({ points, phase }: { points: readonly Sized[]; phase: string }) {
  const fit = fitOf(points);
  if (!fit) return <p class="faint">All of these attempts preserved the same amount of memory: no line can be drawn. A scenario with a matrix over sizes shows one.</p>;
  const most = Math.max(...points.map((point) => point.bytes));
  const x = linearScale(0, (most * 1.03) / kMiB, kWidth - kLeft - 20);
  const y = linearScale(0, Math.max(...points.map((point) => point.seconds)) * 1.05, kHeight - kBottom - 10, 5);
  const px = (bytes: number): number => kLeft + x.place(bytes / kMiB);
  const py = (seconds: number): number => kHeight - kBottom - y.place(seconds);
  const steps = Array.from({ length: 21 }, (_, index) => (most * index) / 20);
  const edge = [...steps.map((bytes) => `${px(bytes)},${py(fit.band(bytes)[0])}`), ...steps.reverse().map((bytes) => `${px(bytes)},${py(fit.band(bytes)[1])}`)].join(" ");
  const said = `${phase} takes ${durationText(fit.slope * 1e9)} more for each GiB (95 %: ${durationText(fit.low * 1e9)} to ${durationText(fit.high * 1e9)}, ${points.length} attempts)`;
  return (
    <figure class="boots-chart">
      <figcaption>{said}</figcaption>
      <svg viewBox={`0 0 ${kWidth} ${kHeight}`} class="boots" role="img" aria-label={said}>
        {y.ticks.map((tick) => <g key={tick}><line class="grid" x1={kLeft} x2={kWidth - 20} y1={py(tick)} y2={py(tick)} /><text class="tick" x={kLeft - 6} y={py(tick) + 4} text-anchor="end">{durationText(tick * 1e9)}</text></g>)}
        {x.ticks.map((tick) => <text key={tick} class="tick" x={px(tick * kMiB)} y={kHeight - 8} text-anchor="middle">{sizeText(tick * kMiB)}</text>)}
        <polygon class="no-matter" points={edge} />
        <line class="interval" x1={px(0)} y1={py(fit.at(0))} x2={px(most)} y2={py(fit.at(most))} />
        {points.map((point, index) => <circle key={index} class="boot boot-baseline" cx={px(point.bytes)} cy={py(point.seconds)} r="3.5"><title>{`${sizeText(point.bytes)}: ${durationText(point.seconds * 1e9)}`}</title></circle>)}
      </svg>
    </figure>
  );
}
