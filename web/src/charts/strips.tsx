// SPDX-License-Identifier: Apache-2.0
// Rows of dots on one axis of time, with the median of each row. Dots are read one by one.
import { useSignal } from "@preact/signals";
import { medianSorted } from "simple-statistics";

import { durationText } from "../parts/quantity";
import { linearScale, type Scale } from "./scale";
import { Walk } from "./walk";

export interface Strip {
  name: string;
  /** The name where it is told in words, if it is longer. */
  fullName?: string;
  /** Seconds. */
  values: readonly number[];
  /** Class of its dots. */
  look: string;
  /** The job that each dot was measured in; none: not known. */
  jobs: readonly string[];
}

interface Dot {
  strip: Strip;
  row: number;
  /** Within its strip. */
  index: number;
  seconds: number;
}

const dotsOf = (strips: readonly Strip[]): Dot[] => strips.flatMap((strip, row) => strip.values.map((seconds, index) => ({ strip, row, index, seconds })));

export const kWidth = 640;
const kRow = 34;

export const median = (values: readonly number[]): number => medianSorted([...values].sort((a, b) => a - b));

/** Always the same for the same dot, so that nothing moves when others come. */
const spread = (index: number): number => (((index * 7919) % 17) / 16 - 0.5) * 16;

export function axisOf(values: readonly number[], width: number): Scale {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const margin = (most - least || most) * 0.06;
  return linearScale(Math.max(0, least - margin), most + margin, width);
}

export interface StripsProps {
  strips: readonly Strip[];
  /** Pixels for the names. */
  left: number;
  /** What a dot is: "boot". */
  unit: string;
  label: string;
  /** Enter on a dot whose job is known. */
  open: (job: string) => void;
}

export function Strips({ strips, left, unit, label, open }: StripsProps) {
  const at = useSignal<number | null>(null);
  const dots = dotsOf(strips);
  const axis = axisOf(dots.map((dot) => dot.seconds), kWidth - left - 40);
  const bottom = strips.length * kRow;
  const middle = (row: number): number => row * kRow + kRow / 2;
  const jobOf = (dot: Dot | undefined): string => dot?.strip.jobs[dot.index] ?? "";
  const say = (dot: Dot): string => `${unit} ${dot.index + 1} of ${dot.strip.values.length}, ${dot.strip.fullName ?? dot.strip.name}: ${durationText(dot.seconds * 1e9)}${jobOf(dot) === "" ? "" : ` (${jobOf(dot)})`}`;
  const openDot = (index: number): void => {
    const job = jobOf(dots[index]);
    if (job !== "") open(job);
  };
  const present = at.value === null ? undefined : dots[at.value];
  return (
    <Walk label={label} count={dots.length} at={at} say={(index) => { const dot = dots[index]; return dot ? say(dot) : ""; }} {...(strips.some((strip) => strip.jobs.length > 0) ? { open: openDot } : {})}>
      <svg viewBox={`0 0 ${kWidth} ${bottom + 24}`} class="boots" role="img" aria-label={strips.map((strip) => `${strip.name}: ${strip.values.length} ${unit}s, median ${durationText(median(strip.values) * 1e9)}`).join("; ")}>
        {axis.ticks.map((tick) => (
          <g key={tick} transform={`translate(${left + axis.place(tick)} 0)`}>
            <line class="grid" y2={bottom} />
            <text class="tick" y={bottom + 16} text-anchor="middle">{durationText(tick * 1e9)}</text>
          </g>
        ))}
        {strips.map((strip, row) => (
          <text key={strip.name} class="name" x={left - 8} y={middle(row) + 4} text-anchor="end">{strip.name}</text>
        ))}
        {dots.map(({ strip, row, index, seconds }, place) => (
          <circle key={place} class={`boot ${strip.look}`} cx={left + axis.place(seconds)} cy={middle(row) + spread(index)} r="3.5" onPointerEnter={() => (at.value = place)} />
        ))}
        {strips.map((strip, row) => {
          const x = left + axis.place(median(strip.values));
          return <line key={strip.name} class="median" x1={x} x2={x} y1={middle(row) - kRow / 2 + 3} y2={middle(row) + kRow / 2 - 3} />;
        })}
        {present && <circle class="ring" cx={left + axis.place(present.seconds)} cy={middle(present.row) + spread(present.index)} r="7" />}
      </svg>
    </Walk>
  );
}
