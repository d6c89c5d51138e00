// SPDX-License-Identifier: Apache-2.0
// Time against memory: each attempt a dot, the straight line through them with its band.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { linearRegression, quantileSorted } from "simple-statistics";

import { linearScale, logScale, type Scale } from "../charts/scale";
import { PointsTable, Walk } from "../charts/walk";
import { durationText, sizeText } from "../parts/quantity";
import { go } from "../router";

export interface Sized {
  job: string;
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

/** An interval that holds 0 says that nothing can be told yet. */
function slopeText({ slope, low, high }: Fit): string {
  const amount = `${durationText(Math.abs(slope) * 1e9)} ${slope < 0 ? "less" : "more"}`;
  return low < 0 && high > 0 ? `${amount}, which may be chance,` : amount;
}

export interface ScalingProps {
  points: readonly Sized[];
  phase: string;
  logarithmic: boolean;
}

/** Least and most of the values, with some room; a logarithmic axis can't begin at 0. */
function axisOf(values: readonly number[], width: number, logarithmic: boolean): Scale {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const least = values.reduce((a, b) => Math.min(a, b), most);
  return logarithmic && least > 0 ? logScale(least / 1.2, most * 1.2, width) : linearScale(0, most * 1.05, width);
}

/** Places to draw the line at: a straight one is curved on a logarithmic axis. */
function placesOf({ from, to }: Scale, logarithmic: boolean): number[] {
  return Array.from({ length: 41 }, (_, index) => (logarithmic && from > 0 ? from * (to / from) ** (index / 40) : from + ((to - from) * index) / 40));
}

export function Scaling({ points, phase, logarithmic }: ScalingProps) {
  const at = useSignal<number | null>(null);
  const ordered = useMemo(() => [...points].sort((a, b) => a.bytes - b.bytes || a.seconds - b.seconds), [points]);
  const fit = useMemo(() => fitOf(ordered), [ordered]);
  if (!fit) return <p class="faint">All of these attempts preserved the same amount of memory: no line can be drawn. A scenario with a matrix over sizes shows one.</p>;
  const x = axisOf(ordered.map((point) => point.bytes / kMiB), kWidth - kLeft - 20, logarithmic);
  const y = axisOf(ordered.map((point) => point.seconds), kHeight - kBottom - 30, logarithmic);
  const px = (mebibytes: number): number => kLeft + x.place(mebibytes);
  const py = (seconds: number): number => kHeight - kBottom - y.place(Math.min(Math.max(seconds, y.from), y.to));
  const places = placesOf(x, logarithmic);
  const line = places.map((size) => `${px(size)},${py(fit.at(size * kMiB))}`).join(" ");
  const bands = places.map((size) => ({ size, band: fit.band(size * kMiB) }));
  const edge = [...bands.map(({ size, band }) => `${px(size)},${py(band[0])}`), ...[...bands].reverse().map(({ size, band }) => `${px(size)},${py(band[1])}`)].join(" ");
  const said = `${phase} takes ${slopeText(fit)} for each GiB (95 %: ${durationText(fit.low * 1e9)} to ${durationText(fit.high * 1e9)}, ${points.length} attempts)`;
  const text = (point: Sized): string => `${sizeText(point.bytes)} preserved: ${phase} ${durationText(point.seconds * 1e9)} (${point.job})`;
  const present = at.value === null ? undefined : ordered[at.value];
  return (
    <>
      <Walk label={`${phase} against memory`} count={ordered.length} at={at} say={(index) => { const point = ordered[index]; return point ? text(point) : ""; }} open={(index) => go(`/jobs/${ordered[index]?.job ?? ""}`)}>
        <figure class="boots-chart">
          <figcaption>{said}</figcaption>
          <svg viewBox={`0 0 ${kWidth} ${kHeight}`} class="boots" role="img" aria-label={said}>
            <text class="tick" x={kLeft} y="14">{phase}</text>
            <text class="tick" x={kWidth - 20} y={kHeight - kBottom - 6} text-anchor="end">preserved at each update</text>
            {y.ticks.map((tick) => <g key={tick}><line class="grid" x1={kLeft} x2={kWidth - 20} y1={py(tick)} y2={py(tick)} /><text class="tick" x={kLeft - 6} y={py(tick) + 4} text-anchor="end">{durationText(tick * 1e9)}</text></g>)}
            {x.ticks.map((tick) => <text key={tick} class="tick" x={px(tick)} y={kHeight - 8} text-anchor="middle">{sizeText(tick * kMiB)}</text>)}
            <polygon class="no-matter" points={edge} />
            <polyline class="fitted" points={line} />
            {ordered.map((point, index) => <circle key={index} class="boot boot-baseline" cx={px(point.bytes / kMiB)} cy={py(point.seconds)} r="3.5" onPointerEnter={() => (at.value = index)} />)}
            {present && <circle class="ring" cx={px(present.bytes / kMiB)} cy={py(present.seconds)} r="7" />}
          </svg>
        </figure>
      </Walk>
      <PointsTable label={`${phase} against memory`} head={["Preserved at each update", phase, "Job"]} rows={() => ordered.map((point) => [sizeText(point.bytes), durationText(point.seconds * 1e9), <a href={`/jobs/${point.job}`}>{point.job}</a>])} />
    </>
  );
}
