// SPDX-License-Identifier: Apache-2.0
// Rows of dots on one axis of time, with the median of each row.
import { medianSorted } from "simple-statistics";

import { durationText } from "../parts/quantity";
import { linearScale, type Scale } from "./scale";

export interface Strip {
  name: string;
  /** Seconds. */
  values: readonly number[];
  /** Class of its dots. */
  look: string;
}

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

export function Strips({ strips, left, unit }: { strips: readonly Strip[]; left: number; unit: string }) {
  const axis = axisOf(strips.flatMap((strip) => strip.values), kWidth - left - 40);
  const bottom = strips.length * kRow;
  return (
    <svg viewBox={`0 0 ${kWidth} ${bottom + 24}`} class="boots" role="img" aria-label={strips.map((strip) => `${strip.name}: ${strip.values.length} ${unit}s, median ${durationText(median(strip.values) * 1e9)}`).join("; ")}>
      {axis.ticks.map((tick) => (
        <g key={tick} transform={`translate(${left + axis.place(tick)} 0)`}>
          <line class="grid" y2={bottom} />
          <text class="tick" y={bottom + 16} text-anchor="middle">{durationText(tick * 1e9)}</text>
        </g>
      ))}
      {strips.map((strip, at) => (
        <g key={strip.name} transform={`translate(0 ${at * kRow + kRow / 2})`}>
          <text class="name" x={left - 8} y="4" text-anchor="end">{strip.name}</text>
          {strip.values.map((value, index) => (
            <circle key={index} class={`boot ${strip.look}`} cx={left + axis.place(value)} cy={spread(index)} r="3.5"><title>{`${unit} ${index + 1} of ${strip.name}: ${durationText(value * 1e9)}`}</title></circle>
          ))}
          <line class="median" x1={left + axis.place(median(strip.values))} x2={left + axis.place(median(strip.values))} y1={-kRow / 2 + 3} y2={kRow / 2 - 3} />
        </g>
      ))}
    </svg>
  );
}
