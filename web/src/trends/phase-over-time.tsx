// SPDX-License-Identifier: Apache-2.0
// A phase over time, each attempt a dot, a colour for each incoming kernel.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { PointsTable, Walk } from "../charts/walk";
import { Verdict } from "../parts/small";
import { durationText, timeText } from "../parts/quantity";
import { theme } from "../parts/theme";
import { go } from "../router";
import { groups, kernelOf, type Measured } from "./measured";
import type { OverTimePlot } from "./over-time";

const kMostKernels = 6;

const secondsOf = (point: Measured): number => Date.parse(point.started) / 1e3;

export function PhaseOverTime({ points, phase, logarithmic }: { points: readonly Measured[]; phase: string; logarithmic: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<OverTimePlot | null>(null);
  const at = useSignal<number | null>(null);
  const { shown, left } = useMemo(() => {
    const ordered = [...points].sort((a, b) => a.started.localeCompare(b.started));
    const kernels = groups(ordered, kernelOf);
    const own = new Set(kernels.slice(-kMostKernels).map(([name]) => name));
    return { shown: ordered.filter((point) => own.has(kernelOf(point))), left: kernels.length - own.size };
  }, [points]);
  useEffect(() => {
    let gone = false;
    const series = groups(shown, kernelOf).map(([name, own]) => ({ name, at: own.map(secondsOf), values: own.map((point) => point.duration_ns / 1e9) }));
    void import("./over-time").then(({ drawOverTime }) => {
      if (gone || !place.current) return;
      const onPoint = (time: number, value: number): void => {
        const index = shown.findIndex((point) => secondsOf(point) === time && point.duration_ns / 1e9 === value);
        if (index >= 0) at.value = index;
      };
      plot.current = drawOverTime(place.current, series, { phase, logarithmic, onPoint });
    });
    return () => {
      gone = true;
      plot.current?.end();
      plot.current = null;
    };
  }, [shown, phase, logarithmic, theme.value]);
  useEffect(() => {
    const point = at.value === null ? undefined : shown[at.value];
    if (point) plot.current?.look(secondsOf(point), point.duration_ns / 1e9);
  }, [at.value]);
  const say = (index: number): string => {
    const point = shown[index];
    return point ? `${timeText(point.started)}: ${phase} ${durationText(point.duration_ns)}, ${kernelOf(point)}, ${point.verdict} (${point.job}, ${point.title} on ${point.worker})` : "";
  };
  return (
    <>
      <Walk label={`${phase} over time`} count={shown.length} at={at} say={say} open={(index) => go(`/jobs/${shown[index]?.job ?? ""}`)}>
        <div ref={place} class="over-time" role="img" aria-label={`${phase} of ${shown.length} attempts over time, a colour for each kernel`} />
      </Walk>
      {left > 0 && <p class="faint">The {kMostKernels} kernels that came last are drawn; {left} earlier ones are in the table by kernel.</p>}
      <PointsTable
        label={`${phase} over time`}
        head={["Begun", phase, "Incoming kernel", "Verdict", "Job", "Machine"]}
        rows={() => shown.map((point) => [timeText(point.started), durationText(point.duration_ns), kernelOf(point), <Verdict of={point.verdict} />, <a href={`/jobs/${point.job}`}>{point.job}</a>, point.worker])}
      />
    </>
  );
}
