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

/** Draws into `place`; call the answer to take it away. */
export function drawOverTime(place: HTMLElement, series: readonly TimeSeries[], logarithmic: boolean): () => void {
  const style = getComputedStyle(place);
  const axis = { stroke: style.getPropertyValue("--faint"), grid: { stroke: style.getPropertyValue("--line"), width: 1 }, ticks: { stroke: style.getPropertyValue("--line") } };
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: 320,
      tzDate: (time) => uPlot.tzDate(new Date(time * 1e3), "Etc/UTC"),
      scales: { y: { distr: logarithmic ? 3 : 1, ...(logarithmic ? {} : { range: (_, __, most) => [0, most * 1.05] as [number, number] }) } },
      axes: [{ ...axis, space: 110, values: (_, ticks) => ticks.map((tick) => new Date(tick * 1e3).toISOString().slice(5, 16).replace("T", " ")) }, { ...axis, size: 70, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : durationText(tick * 1e9))) }],
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
    dataOf(series),
    place,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 320 }));
  observer.observe(place);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
}
