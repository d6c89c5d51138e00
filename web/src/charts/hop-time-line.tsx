// SPDX-License-Identifier: Apache-2.0
// The phases of one hop as bars on one clock.
import type { Measurement, Phase } from "../api/report";
import { durationText } from "../parts/quantity";

export interface HopTimeLineProps {
  hop: number;
  /** Of this hop. Those with a subject are left to the tables. */
  phases: readonly Phase[];
  /** Of this hop: the stamp.* lie within the blackout. */
  measurements: readonly Measurement[];
}

const kRow = 26;
const kWidth = 1000;

interface Bar {
  name: string;
  start: number;
  end: number;
  duration: number;
  kind: "blackout" | "outside" | "part" | "phase" | "sub";
}

const kParts = new Set(["shutdown-to-entry", "kernel-boot"]);

function barsOf(phases: readonly Phase[]): Bar[] {
  return phases
    .filter((phase) => !phase.subject)
    .map((phase): Bar => ({
      name: phase.name,
      start: phase.start_ns,
      end: phase.end_ns,
      duration: phase.duration_ns,
      kind: phase.name === "blackout" ? "blackout" : kParts.has(phase.name) ? "part" : "phase",
    }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
}

const secondsOf = (measurements: readonly Measurement[], name: string): number | null => measurements.find((measurement) => measurement.name === name)?.value ?? null;

/** The gap that somebody outside of the machine saw, around the blackout; null: nobody looked. */
function outsideOf(measurements: readonly Measurement[], blackout: Bar | undefined): Bar | null {
  const before = secondsOf(measurements, "echo.before");
  const after = secondsOf(measurements, "echo.after");
  if (!blackout || before === null || after === null) return null;
  const start = blackout.start - before * 1e9;
  const end = blackout.end + after * 1e9;
  return { name: "away, from outside", start, end, duration: end - start, kind: "outside" };
}

/** Where a stamp lies: counted from the blackout's start, in seconds. */
function stampsOf(measurements: readonly Measurement[], blackout: Bar | undefined): { name: string; at: number }[] {
  if (!blackout) return [];
  return measurements
    .filter((measurement) => measurement.name.startsWith("stamp.") && measurement.value !== null)
    .map((measurement) => ({ name: measurement.name.slice("stamp.".length), at: blackout.start + (measurement.value ?? 0) * 1e9 }))
    .sort((a, b) => a.at - b.at);
}

/** What lies between two stamps, named by the stamp that ends it. */
function subPhases(stamps: readonly { name: string; at: number }[], blackout: Bar): Bar[] {
  return stamps.map((stamp, index) => {
    const start = stamps[index - 1]?.at ?? blackout.start;
    return { name: `to ${stamp.name}`, start, end: stamp.at, duration: stamp.at - start, kind: "sub" };
  });
}

export function HopTimeLine({ hop, phases, measurements }: HopTimeLineProps) {
  const inside = barsOf(phases);
  if (inside.length === 0) return null;
  const blackout = inside.find((bar) => bar.kind === "blackout");
  const outside = outsideOf(measurements, blackout);
  const stamps = stampsOf(measurements, blackout);
  const last = inside.map((bar) => bar.kind === "blackout" || bar.kind === "part").lastIndexOf(true);
  const subs = blackout ? subPhases(stamps, blackout) : [];
  const bars = [...inside.slice(0, last + 1), ...subs, ...inside.slice(last + 1), ...(outside ? [outside] : [])];
  const from = Math.min(...bars.map((bar) => bar.start));
  const to = Math.max(...bars.map((bar) => bar.end));
  const x = (ns: number): number => ((ns - from) / Math.max(1, to - from)) * kWidth;
  return (
    <figure class="time-line">
      <figcaption>
        Live update {hop + 1}: {durationText(to - from)} on one clock
        {blackout && <>; <strong>blackout {durationText(blackout.duration)}</strong>: no user space ran, from the outgoing kernel's last moment of it to the incoming one's first instruction</>}
        {outside && <>; seen from outside, the service was away for {durationText(outside.duration)}</>}
      </figcaption>
      <div class="bars">
        <div class="names" aria-hidden="true">{bars.map((bar) => <div key={bar.name} class={bar.kind === "sub" ? "sub" : undefined}>{bar.name} <span class="faint">{durationText(bar.duration)}</span></div>)}</div>
        <svg viewBox={`0 0 ${kWidth} ${bars.length * kRow}`} preserveAspectRatio="none" height={bars.length * kRow} role="img" aria-label={bars.map((bar) => `${bar.name} ${durationText(bar.duration)}`).join(", ")}>
          {blackout && <rect class="shade" x={x(blackout.start)} y="0" width={x(blackout.end) - x(blackout.start)} height={bars.length * kRow} />}
          {bars.map((bar, row) => (
            <rect key={bar.name} class={`bar-${bar.kind}`} x={x(bar.start)} y={row * kRow + 4} width={Math.max(2, x(bar.end) - x(bar.start))} height={kRow - 8}>
              <title>{`${bar.name}: ${durationText(bar.duration)}`}</title>
            </rect>
          ))}
        </svg>
      </div>
      {subs.length > 0 && <p class="faint">Rows that begin with "to" are parts of the blackout, from one stamp of the kernels to the next.</p>}
    </figure>
  );
}
