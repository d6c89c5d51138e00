// SPDX-License-Identifier: Apache-2.0
// A job: its verdict and the evidence first, then where the time went, then everything else.
import { useMemo } from "preact/hooks";

import { token } from "../api/client";
import { reportOf, type Finding, type Report } from "../api/report";
import { HopTimeLine } from "../charts/hop-time-line";
import { Console } from "../console/console";
import { Compare } from "../job/compare";
import { Checksums, Evidence } from "../job/evidence";
import { Kernels } from "../job/kernels";
import { Pages } from "../job/pages";
import { useLive } from "../live/live";
import { Copyable } from "../parts/copyable";
import { Download } from "../parts/download";
import { OrderButton } from "../parts/order-button";
import { durationText, sizeText } from "../parts/quantity";
import { Asked, Table, Time, Verdict } from "../parts/small";
import type { Attempt, Job, JobDetail, RunDetail, Why } from "./list-types";

function TimeLines({ report }: { report: Report }) {
  const phases = report.phases ?? [];
  const hops = [...new Set(phases.map((phase) => phase.hop))].filter((hop) => hop >= 0).sort((a, b) => a - b);
  if (hops.length === 0) return null;
  return (
    <section aria-labelledby="time">
      <h2 id="time">Where the time went</h2>
      {hops.map((hop) => (
        <HopTimeLine key={hop} hop={hop} phases={phases.filter((phase) => phase.hop === hop)} measurements={(report.measurements ?? []).filter((measurement) => measurement.hop === hop)} />
      ))}
    </section>
  );
}

function Artifacts({ report }: { report: Report }) {
  const artifacts = report.artifacts ?? [];
  if (artifacts.length === 0) return null;
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      <ul>{artifacts.map((artifact) => <li key={artifact.name}><Download path={`/artifacts/${artifact.sha256}`} name={artifact.name}>{artifact.name}</Download> <span class="faint">{sizeText(artifact.size_bytes)}, sha256 {artifact.sha256.slice(0, 16)}</span></li>)}</ul>
    </section>
  );
}

function Reproducer({ job }: { job: Job }) {
  const run = useLive<RunDetail>(`/runs/${job.run}`, () => false);
  const script = `reproduce-${job.id}.sh`;
  return (
    <section aria-labelledby="again">
      <h2 id="again">To see it again</h2>
      <p>This very job, with its kernels, patches and point of the matrix, on your own machine{token.value !== "" && ", where LUOLAB_TOKEN_FILE names a file with your token"}:</p>
      <Copyable text={`luolab run --job ${job.id} --controller ${location.origin}`} label="Command of this job" />
      <p>Away from this controller, luolab and a script that carries the job are enough: <Download path={`/jobs/${job.id}/reproduce`} name={script}>{script}</Download></p>
      <Asked of={run}>
        {({ command_line }) => command_line === "" ? null : (
          <details>
            <summary>The command of its whole run, of which this is job {job.position + 1}</summary>
            <Copyable text={command_line} label="Command of the run" />
          </details>
        )}
      </Asked>
    </section>
  );
}

function Told({ report, job, specification, other }: { report: Report; job: Job; specification: object; other: string }) {
  return (
    <>
      <Evidence report={report} />
      <TimeLines report={report} />
      <Pages report={report} />
      <Checksums report={report} />
      <Kernels report={report} specification={specification} />
      <Reproducer job={job} />
      <Compare id={job.id} report={report} other={other} />
      <Artifacts report={report} />
    </>
  );
}

function Tries({ job, tries, chosen }: { job: Job; tries: readonly Attempt[]; chosen: string }) {
  if (tries.length < 2) return null;
  return (
    <Table label="Attempts" head={["Attempt", "Verdict", "Why", "Machine", "From", "Began"]}>
      {tries.map((one) => (
        <tr key={one.id}>
          <td><a href={`/jobs/${job.id}?try=${one.id}`} aria-current={one.id === chosen ? "true" : undefined}>{one.number}</a></td>
          <td><Verdict of={one.verdict ?? one.state} /></td>
          <td class="why">{one.reason}</td>
          <td>{one.worker}</td>
          <td>{one.start}</td>
          <td><Time of={one.started} /></td>
        </tr>
      ))}
    </Table>
  );
}

function Orders({ job }: { job: Job }) {
  const live = job.state === "queued" || job.state === "running";
  return <p>{live ? <OrderButton role="submit" method="POST" path={`/jobs/${job.id}/cancel`}>Cancel</OrderButton> : <OrderButton role="submit" method="POST" path={`/jobs/${job.id}/retry`}>Run again</OrderButton>}</p>;
}

function Waits({ job }: { job: Job }) {
  const why = useLive<Why>(`/jobs/${job.id}/why`, (event) => /^(job|worker)\./.test(event.kind));
  return <p class="lead">{why.value.value?.text ?? ""}</p>;
}

/** The report of another attempt than the last. */
function Earlier({ attempt, children }: { attempt: string; children: (report: Report | null) => preact.ComponentChildren }) {
  const detail = useLive<{ report: object | null }>(`/attempts/${attempt}`, () => false);
  return <Asked of={detail}>{({ report }) => children(reportOf(report))}</Asked>;
}

const kNoFindings: readonly Finding[] = [];

function Body({ detail, chosen, other }: { detail: JobDetail; chosen: string; other: string }) {
  const { job, report: newest, tries, specification } = detail;
  const report = useMemo(() => reportOf(newest), [newest]);
  const last = tries[0]; // newest first
  const attempt = tries.find((one) => one.id === chosen) ?? last;
  const show = (given: Report | null) => (
    <>
      {given ? <Told report={given} job={job} specification={specification} other={other} /> : <Reproducer job={job} />}
      {attempt && <Console key={attempt.id} attempt={attempt.id} ended={attempt.finished !== null} findings={given?.findings ?? kNoFindings} />}
    </>
  );
  return (
    <>
      <p class="lead"><Verdict of={job.verdict ?? job.state} /> {job.reason}</p>
      {job.state === "queued" && <Waits job={job} />}
      <dl class="facts">
        <dt>What</dt><dd>{job.title}</dd>
        <dt>Run</dt><dd><a href={`/runs/${job.run}`}>{job.run}</a></dd>
        <dt>Machine</dt><dd>{attempt?.worker || <span class="faint">none yet</span>}{attempt && attempt.accel !== "" ? ` (${attempt.accel})` : ""}</dd>
        <dt>Queued</dt><dd><Time of={job.queued} /></dd>
        <dt>Ended</dt><dd><Time of={job.ended} /></dd>
        {attempt && attempt.wall_ns > 0 && <><dt>Took</dt><dd>{durationText(attempt.wall_ns)}, {sizeText(attempt.bytes_verified)} verified</dd></>}
      </dl>
      <Orders job={job} />
      <Tries job={job} tries={tries} chosen={attempt?.id ?? ""} />
      {attempt && attempt.id !== last?.id ? <Earlier key={attempt.id} attempt={attempt.id}>{show}</Earlier> : show(report)}
    </>
  );
}

export function JobPage({ id, query }: { id: string; query: URLSearchParams }) {
  const detail = useLive<JobDetail>(`/jobs/${encodeURIComponent(id)}`, (event) => event.job === id);
  return (
    <>
      <h1>Job {id}</h1>
      <Asked of={detail}>{(value) => <Body detail={value} chosen={query.get("try") ?? ""} other={query.get("with") ?? ""} />}</Asked>
    </>
  );
}
