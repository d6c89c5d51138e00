// SPDX-License-Identifier: Apache-2.0
// A scenario that goes over a fleet in waves: figures of each wave, and what became of each target.
import type { Rollout, RolloutFigures, RolloutTarget } from "../pages/list-types";
import { durationText, secondsText } from "../parts/quantity";
import { Table, Time, Verdict } from "../parts/small";

const waveText = (rollout: Rollout, wave: number): string => `${wave}${rollout.canary && wave === 1 ? " (canary)" : ""}`;

function Figures({ name, of }: { name: string; of: RolloutFigures }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{of.updated} of {of.targets} ({Math.floor((of.updated * 100) / Math.max(1, of.targets))} %)</td>
      <td class="number">{of.failed}</td>
      <td class="number">{of.missed}</td>
      <td class="number">{of.spared}</td>
      <td class="number">{of.worst_blackout_ns === null ? "" : `${durationText(of.worst_blackout_ns)} (${of.worst_target})`}</td>
      <td class="number">{of.median_blackout_ns === null ? "" : `${durationText(of.median_blackout_ns)} (${of.median_target})`}</td>
      <td class="number">{of.elapsed_ns === null ? "" : secondsText(of.elapsed_ns / 1e9)}</td>
    </tr>
  );
}

/** A verdict once the target has one, else how it stands. */
const standing = (target: RolloutTarget): string => (["updated", "failed", "missed"].includes(target.state) ? target.verdict : null) ?? target.state;

function Targets({ rollout }: { rollout: Rollout }) {
  return (
    <Table label={`Targets of ${rollout.scenario}`} head={["Wave", "Target", "Verdict", "Blackout", "Job", "Why"]}>
      {rollout.targets.map((target) => (
        <tr key={target.name}>
          <td>{waveText(rollout, target.wave)}</td>
          <td>{target.name}</td>
          <td><Verdict of={standing(target)} /></td>
          <td class="number">{target.blackout_ns === null ? "" : durationText(target.blackout_ns)}</td>
          <td><a href={`/jobs/${target.job}`}>{target.job}</a></td>
          <td>{target.state === "spared" ? "" : target.reason}</td>
        </tr>
      ))}
    </Table>
  );
}

export function Rollouts({ of }: { of: readonly Rollout[] }) {
  return (
    <>
      {of.map((rollout) => (
        <section key={rollout.scenario} aria-label={`Rollout of ${rollout.scenario}`}>
          <h2>Rollout of {rollout.scenario}</h2>
          <p role="status">{rollout.state === "stopped" ? rollout.standing : `${rollout.state}: ${rollout.standing}; error budget ${rollout.error_budget}`}{rollout.due !== null && <>; next wave at <Time of={rollout.due} /></>}</p>
          <Table label={`Figures of ${rollout.scenario}`} head={["Wave", "Updated", "Failed (kernel)", "Missed (lab)", "Spared", "Worst blackout", "Median blackout", "Time"]}>
            <Figures name="Fleet" of={rollout.fleet} />
            {rollout.waves.map((figures, at) => <Figures key={at} name={waveText(rollout, at + 1)} of={figures} />)}
          </Table>
          <h3>Each target</h3>
          <Targets rollout={rollout} />
        </section>
      ))}
    </>
  );
}
