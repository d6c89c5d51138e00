// SPDX-License-Identifier: Apache-2.0
// A job: its verdict and the evidence first, then where the time went, then everything else.
import { reportOf, type Report } from "../api/report";
import { HopTimeLine } from "../charts/hop-time-line";
import { useLive } from "../live/live";
import { Console } from "../parts/console";
import { durationText, sizeText } from "../parts/quantity";
import { Asked, Table, Time, Verdict } from "../parts/small";
import type { JobDetail } from "./list-types";

const hopText = (hop: number): string => (hop < 0 ? "before" : String(hop + 1));

function Evidence({ report }: { report: Report }) {
  const checks = report.checks ?? [];
  const bad = checks.filter((check) => check.verdict !== "PASS");
  const rest = checks.filter((check) => check.verdict === "PASS");
  return (
    <section aria-labelledby="evidence">
      <h2 id="evidence">Evidence</h2>
      {(report.findings ?? []).map((finding) => (
        <figure key={finding.offset_bytes} class="finding">
          <figcaption>{finding.kind}, at byte {finding.offset_bytes} of the console</figcaption>
          <pre tabIndex={0}>{finding.excerpt}</pre>
        </figure>
      ))}
      <Table label="Checks" head={["Verdict", "Hop", "Check", "Of", "What was seen"]}>
        {[...bad, ...rest].map((check) => (
          <tr key={`${check.hop} ${check.name} ${check.subject ?? ""}`}>
            <td><Verdict of={check.verdict} /></td>
            <td>{hopText(check.hop)}</td>
            <td>{check.name}</td>
            <td>{check.subject}</td>
            <td class="mono">{check.detail}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

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

function Checksums({ report }: { report: Report }) {
  const checksums = report.checksums ?? [];
  if (checksums.length === 0) return null;
  return (
    <details>
      <summary>Checksums: {checksums.filter((checksum) => checksum.equal).length} of {checksums.length} as expected</summary>
      <Table label="Checksums" head={["Hop", "Memfd", "From", "Length", "Algorithm", "Expected", "Actual", ""]}>
        {checksums.map((checksum) => (
          <tr key={`${checksum.hop} ${checksum.memfd} ${checksum.offset_bytes} ${checksum.length_bytes} ${checksum.algorithm}`}>
            <td>{hopText(checksum.hop)}</td>
            <td>{checksum.memfd}</td>
            <td class="number">{sizeText(checksum.offset_bytes)}</td>
            <td class="number">{sizeText(checksum.length_bytes)}</td>
            <td>{checksum.algorithm}</td>
            <td class="mono">{checksum.expected}</td>
            <td class="mono">{checksum.actual}</td>
            <td>{checksum.equal ? "same" : <Verdict of="FAIL" />}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

function Kernels({ report }: { report: Report }) {
  return (
    <section aria-labelledby="kernels">
      <h2 id="kernels">Kernels</h2>
      <Table label="Kernels" head={["Kernel", "Release", "Base", "Build"]}>
        {(report.builds ?? []).map((build) => (
          <tr key={build.digest}>
            <td>{build.title}</td>
            <td>{build.release}</td>
            <td>{build.base_version}</td>
            <td class="mono">{build.digest.slice(0, 16)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Told({ report }: { report: Report }) {
  return (
    <>
      <Evidence report={report} />
      <TimeLines report={report} />
      <Checksums report={report} />
      <Kernels report={report} />
    </>
  );
}

export function JobPage({ id }: { id: string }) {
  const detail = useLive<JobDetail>(`/jobs/${encodeURIComponent(id)}`, (event) => event.job === id);
  return (
    <>
      <h1>Job {id}</h1>
      <Asked of={detail}>
        {({ job, report: given, tries }) => {
          const report = reportOf(given);
          const last = tries[tries.length - 1];
          return (
            <>
              <p class="lead"><Verdict of={job.verdict ?? job.state} /> {job.reason}</p>
              <dl class="facts">
                <dt>What</dt><dd>{job.title}</dd>
                <dt>Run</dt><dd><a href={`/runs/${job.run}`}>{job.run}</a></dd>
                <dt>Machine</dt><dd>{job.worker || <span class="faint">none yet</span>}{last && last.accel !== "" ? ` (${last.accel})` : ""}</dd>
                <dt>Queued</dt><dd><Time of={job.queued} /></dd>
                <dt>Ended</dt><dd><Time of={job.ended} /></dd>
                {last && last.wall_ns > 0 && <><dt>Took</dt><dd>{durationText(last.wall_ns)}, {sizeText(last.bytes_verified)} verified</dd></>}
              </dl>
              {report && <Told report={report} />}
              {last && <Console attempt={last.id} ended={last.finished !== null} />}
            </>
          );
        }}
      </Asked>
    </>
  );
}
