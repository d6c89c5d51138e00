// SPDX-License-Identifier: Apache-2.0
// Two jobs side by side: verdicts, phases, kernels.
import { useRef } from "preact/hooks";

import { reportOf, type BuildUse, type Phase, type Report } from "../api/report";
import { useLive } from "../live/live";
import type { JobDetail } from "../pages/list-types";
import { durationText } from "../parts/quantity";
import { Asked, Table, Verdict } from "../parts/small";
import { go } from "../router";
import { artifactOf } from "./artifact";
import { hopText } from "./evidence";
import { ConfigDifference } from "./kernels";

const keyOf = (phase: Phase): string => `${phase.hop} ${phase.name}`;

function durations(report: Report): Map<string, Phase> {
  return new Map((report.phases ?? []).filter((phase) => !phase.subject).map((phase) => [keyOf(phase), phase]));
}

function Phases({ first, second }: { first: Report; second: Report }) {
  const ours = durations(first);
  const theirs = durations(second);
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])];
  return (
    <Table label="Phases of both jobs" head={["Hop", "Phase", "This", "Other", "This / other"]}>
      {keys.map((key) => {
        const mine = ours.get(key);
        const other = theirs.get(key);
        return (
          <tr key={key}>
            <td>{hopText(mine?.hop ?? other?.hop ?? 0)}</td>
            <td>{mine?.name ?? other?.name}</td>
            <td class="number">{mine ? durationText(mine.duration_ns) : <span class="faint">none</span>}</td>
            <td class="number">{other ? durationText(other.duration_ns) : <span class="faint">none</span>}</td>
            <td class="number">{mine && other && other.duration_ns > 0 ? (mine.duration_ns / other.duration_ns).toFixed(2) : ""}</td>
          </tr>
        );
      })}
    </Table>
  );
}

const configOf = (report: Report, build: BuildUse | undefined): string => (build ? (artifactOf(report, `config-${build.digest.slice(0, 16)}`)?.sha256 ?? "") : "");

function Kernels({ first, second }: { first: Report; second: Report }) {
  const count = Math.max(first.builds?.length ?? 0, second.builds?.length ?? 0);
  return (
    <>
      {Array.from({ length: count }, (_, index) => {
        const mine = first.builds?.[index];
        const other = second.builds?.[index];
        const configs = [configOf(first, mine), configOf(second, other)] as const;
        return (
          <div key={index}>
            <p>Kernel {index + 1}: {mine?.title ?? "none"} against {other?.title ?? "none"}{mine && mine.digest === other?.digest && <>, <strong>the same build</strong></>}</p>
            {mine?.digest !== other?.digest && configs[0] !== "" && configs[1] !== "" && <ConfigDifference first={configs[0]} second={configs[1]} names={["this", "other"]} />}
          </div>
        );
      })}
    </>
  );
}

function Against({ report, other }: { report: Report; other: string }) {
  const detail = useLive<JobDetail>(`/jobs/${encodeURIComponent(other)}`, (event) => event.job === other);
  return (
    <Asked of={detail}>
      {({ job, report: given }) => {
        const theirs = reportOf(given);
        return (
          <>
            <p>This: <Verdict of={report.verdict} /> {report.reason}</p>
            <p>Other, <a href={`/jobs/${job.id}`}>{job.id}</a> {job.title}: <Verdict of={job.verdict ?? job.state} /> {job.reason}</p>
            {theirs ? <><Phases first={report} second={theirs} /><Kernels first={report} second={theirs} /></> : <p class="faint">The other job has no report yet.</p>}
          </>
        );
      }}
    </Asked>
  );
}

export function Compare({ id, report, other }: { id: string; report: Report; other: string }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <section aria-labelledby="compare">
      <h2 id="compare">Compare</h2>
      <form
        class="tools"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = field.current?.value.trim() ?? "";
          go(`/jobs/${id}${wanted === "" ? "" : `?${new URLSearchParams({ with: wanted })}`}`, true);
        }}
      >
        <label class="inline">With job <input ref={field} name="with" defaultValue={other} placeholder="j34" size={8} /></label>
        <button type="submit">Compare</button>
      </form>
      {other !== "" && <Against key={other} report={report} other={other} />}
    </section>
  );
}
