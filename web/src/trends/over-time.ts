// SPDX-License-Identifier: Apache-2.0
// A phase over time, one colour a kernel (uPlot). Loaded when it is shown.
import uPlot from "uplot";

import { durationText } from "../parts/quantity";

export interface TimeSeries {
  name: string;
  /** Seconds since 1970, and seconds; both of the same length, in order of time. */
  at: readonly number[];
  values: readonly number[];
}

/** Colours that can be told apart, with a dash of their own in the legend's place: see also the table. */
const kColours = ["#56b4e9", "#e69f00", "#2ec4a0", "#cc79a7", "#f0e442", "#d55e00"];

function dataOf(series: readonly TimeSeries[]): uPlot.AlignedData {
  const times = [...new Set(series.flatMap((one) => one.at))].sort((a, b) => a - b);
  const places = new Map(times.map((time, index) => [time, index]));
  const columns = series.map((one) => {
    const column: (number | null)[] = new Array<number | null>(times.length).fill(null);
    one.at.forEach((time, index) => (column[places.get(time) ?? 0] = one.values[index] ?? null));
    return column;
  });
  return [times, ...columns];
}

export interface OverTimeOptions {
  phase: string;
  logarithmic: boolean;
  /** The mouse is at this time and value. */
  onPoint: (at: number, value: number) => void;
}

export interface OverTimePlot {
  /** Puts the cross there. */
  look: (at: number, value: number) => void;
  end: () => void;
}

/** Seconds on the axis; a logarithmic one can't begin at 0. */
function valueScale(series: readonly TimeSeries[], logarithmic: boolean): uPlot.Scale {
  const values = series.flatMap((one) => one.values);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const least = values.reduce((a, b) => Math.min(a, b), most);
  if (logarithmic && least > 0) return { distr: 3, range: [least * 0.9, most * 1.1] };
  return { distr: 1, range: [0, most * 1.05 || 1] };
}

/** "11-25 16:01", or with seconds where the axis is too short for minutes. */
function tickText(tick: number, ticks: readonly number[]): string {
  const text = new Date(tick * 1e3).toISOString();
  const apart = (ticks[1] ?? Infinity) - (ticks[0] ?? 0);
  return apart < 60 ? text.slice(11, 19) : text.slice(5, 16).replace("T", " ");
}

/** Draws into `place`, as wide as it is. */
export function drawOverTime(place: HTMLElement, series: readonly TimeSeries[], { phase, logarithmic, onPoint }: OverTimeOptions): OverTimePlot {
  const style = getComputedStyle(place);
  const axis = { stroke: style.getPropertyValue("--faint"), grid: { stroke: style.getPropertyValue("--line"), width: 1 }, ticks: { stroke: style.getPropertyValue("--line") } };
  const data = dataOf(series);
  const tell = (plot: uPlot): void => {
    const { idx, top } = plot.cursor;
    const time = typeof idx === "number" ? data[0][idx] : undefined;
    if (time === undefined || typeof idx !== "number" || top === undefined || top < 0) return;
    const values = data.slice(1).map((column) => column[idx]).filter((value): value is number => typeof value === "number");
    const [nearest] = values.sort((a, b) => Math.abs(plot.valToPos(a, "y") - top) - Math.abs(plot.valToPos(b, "y") - top));
    if (nearest !== undefined) onPoint(time, nearest);
  };
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: 320,
      tzDate: (time) => uPlot.tzDate(new Date(time * 1e3), "Etc/UTC"),
      hooks: { setCursor: [tell] },
      scales: { y: valueScale(series, logarithmic) },
      axes: [
        { ...axis, label: "begun, UTC", labelSize: 20, space: 110, values: (_, ticks) => ticks.map((tick) => tickText(tick, ticks)) },
        { ...axis, label: phase, labelSize: 20, size: 70, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : durationText(tick * 1e9))) },
      ],
      series: [
        { value: (_, time) => (time === null ? "" : `${new Date(time * 1e3).toISOString().slice(0, 19).replace("T", " ")} UTC`) },
        ...series.map((one, index) => ({
          label: one.name,
          stroke: kColours[index % kColours.length] ?? "#888",
          paths: () => null,
          points: { show: true, size: 6, fill: kColours[index % kColours.length] ?? "#888" },
          value: (_: uPlot, value: number | null) => (value === null ? "" : durationText(value * 1e9)),
        })),
      ],
    },
    data,
    place,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 320 }));
  observer.observe(place);
  return {
    look: (at, value) => plot.setCursor({ left: plot.valToPos(at, "x"), top: plot.valToPos(value, "y") }),
    end: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}
