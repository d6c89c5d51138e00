// SPDX-License-Identifier: Apache-2.0
import type { Schemas } from "../api/client";
import { useLive } from "../live/live";
import { OrderButton } from "../parts/order-button";
import { Asked, Table, Time, Verdict } from "../parts/small";
import { Matrix } from "../run/matrix";
import { PhaseTable } from "../run/phase-table";
import { Rollouts } from "../run/rollout";
import type { Job, PageOf, RunDetail, RunPhase, RunPoint } from "./list-types";
import { Verdicts } from "./runs";

function Jobs({ run, cursor }: { run: string; cursor: string }) {
  const jobs = useLive<PageOf<Job>>(`/runs/${encodeURIComponent(run)}/jobs?limit=100${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`, (event) => "run" in event && event.run === run);
  return (
    <Asked of={jobs}>
      {({ items, next }) => (
        <>
          <Table label="Jobs of the run" head={["Job", "Verdict", "What", "Why", "Attempts", "Machine", "Ended"]}>
            {items.map((job) => (
              <tr key={job.id}>
                <td><a href={`/jobs/${job.id}`}>{job.id}</a></td>
                <td><Verdict of={job.verdict ?? job.state} /></td>
                <td>{job.title}</td>
                <td class="why">{job.reason}</td>
                <td class="number">{job.attempts}</td>
                <td>{job.worker}</td>
                <td><Time of={job.ended} /></td>
              </tr>
            ))}
          </Table>
          {next !== null && <p><a href={`/runs/${run}?cursor=${encodeURIComponent(next)}`}>More jobs</a></p>}
        </>
      )}
    </Asked>
  );
}

/** Sums that the controller makes: a run may have thousands of jobs. */
function Sums({ run }: { run: string }) {
  const concerns = (event: { kind: string; run?: string | null }): boolean => event.run === run;
  const points = useLive<PageOf<RunPoint>>(`/runs/${encodeURIComponent(run)}/points`, concerns);
  const phases = useLive<PageOf<RunPhase>>(`/runs/${encodeURIComponent(run)}/phases`, concerns);
  return (
    <>
      <h2 id="matrix">Matrix</h2>
      <Asked of={points}>{({ items }) => <Matrix points={items} />}</Asked>
      <h2 id="phases">Where the time went</h2>
      <Asked of={phases}>{({ items }) => <PhaseTable phases={items} />}</Asked>
    </>
  );
}

export function RunPage({ id, cursor }: { id: string; cursor: string }) {
  const detail = useLive<RunDetail>(`/runs/${encodeURIComponent(id)}`, (event) => event.run === id);
  return (
    <>
      <h1>Run {id}</h1>
      <Asked of={detail}>
        {({ run, source_text, command_line, rollouts }) => (
          <>
            <dl class="facts">
              <dt>What</dt><dd>{run.title}</dd>
              <dt>Verdicts</dt><dd><Verdicts of={run.verdicts} /> of {run.jobs} jobs</dd>
              <dt>State</dt><dd>{run.state}: {run.queued} waiting, {run.running} running</dd>
              <dt>By</dt><dd>{run.submitter}</dd>
              <dt>Created</dt><dd><Time of={run.created} /></dd>
              <dt>Finished</dt><dd><Time of={run.finished} /></dd>
              {command_line !== "" && <><dt>Command</dt><dd><code>{command_line}</code></dd></>}
            </dl>
            <p>
              {run.state === "running" && <OrderButton role="submit" method="POST" path={`/runs/${id}/cancel`}>Cancel</OrderButton>}
              {run.state === "done" && <OrderButton role="submit" method="POST" path={`/runs/${id}/retry`}>Run again what did not pass</OrderButton>}
              <OrderButton role="submit" method="PATCH" path={`/runs/${id}`} body={{ pinned: !run.pinned } satisfies Schemas["RunPatchInput"]}>{run.pinned ? "Unpin" : "Pin: keep it for ever"}</OrderButton>
            </p>
            <Rollouts of={rollouts} />
            <Sums run={id} />
            <h2>Jobs</h2>
            <Jobs run={id} cursor={cursor} />
            <details><summary>Scenario</summary><pre tabIndex={0}>{source_text}</pre></details>
          </>
        )}
      </Asked>
    </>
  );
}
