// SPDX-License-Identifier: Apache-2.0
// Phases over all jobs of a run: figures, and where they lie as a stretch with its median.
import type { RunPhase } from "../pages/list-types";
import { durationText } from "../parts/quantity";
import { Table } from "../parts/small";

const kWidth = 200;

/** From the shortest to the longest duration, on an axis of powers of ten that all rows share. */
function Stretch({ phase, least, most }: { phase: RunPhase; least: number; most: number }) {
  const place = (ns: number): number => (Math.log10(Math.max(ns, 1) / least) / Math.max(Math.log10(most / least), 0.01)) * (kWidth - 6) + 3;
  return (
    <svg class="stretch" viewBox={`0 0 ${kWidth} 16`} width={kWidth} height="16" aria-hidden="true">
      <rect class="bar-phase" x={place(phase.least_ns)} y="6" width={Math.max(1.5, place(phase.most_ns) - place(phase.least_ns))} height="4" />
      <rect class="median-mark" x={place(phase.median_ns) - 1.5} y="2" width="3" height="12" />
    </svg>
  );
}

export function PhaseTable({ phases }: { phases: readonly RunPhase[] }) {
  if (phases.length === 0) return <p class="faint">No attempt has reported yet.</p>;
  const least = Math.max(1, Math.min(...phases.map((phase) => phase.least_ns)));
  const most = Math.max(...phases.map((phase) => phase.most_ns));
  return (
    <Table label="Phases of the run" head={["Phase", "Measured", "Least", "Median", "95 of 100 below", "Most", "Slowest", "From least to most (log)"]}>
      {phases.map((phase) => (
        <tr key={phase.name}>
          <td>{phase.name}</td>
          <td class="number">{phase.durations} times</td>
          <td class="number">{durationText(phase.least_ns)}</td>
          <td class="number">{durationText(phase.median_ns)}</td>
          <td class="number">{durationText(phase.high_ns)}</td>
          <td class="number">{durationText(phase.most_ns)}</td>
          <td><a href={`/jobs/${phase.slowest}`}>{phase.slowest}</a></td>
          <td><Stretch phase={phase} least={least} most={most} /></td>
        </tr>
      ))}
    </Table>
  );
}
