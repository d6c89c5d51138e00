// SPDX-License-Identifier: Apache-2.0
// A gate: the answer and why, what speaks against the series, its latency, then everything else.
import { BootsChart } from "../charts/boots";
import { useLive } from "../live/live";
import { Copyable } from "../parts/copyable";
import { Download } from "../parts/download";
import { OrderButton } from "../parts/order-button";
import { secondsText } from "../parts/quantity";
import { Asked, Table, Time, Verdict } from "../parts/small";
import { go } from "../router";
import { Answer, GateTable } from "./gates";
import type { Gate, GateDetail, GateReport, GateTest, PageOf, RunDetail } from "./list-types";

/** In the order in which people want to know. */
const kStandings = ["regression", "flaky", "unknown", "fixed", "broken_before", "known_issue", "not_applicable", "holds"] as const;
const kWords: Record<GateTest["standing"], string> = {
  holds: "holds",
  regression: "regression",
  flaky: "fails now and then",
  broken_before: "fails on the baseline as well",
  fixed: "fixed",
  known_issue: "known issue",
  not_applicable: "not applicable",
  unknown: "not known",
};
const kNews = new Set<GateTest["standing"]>(["regression", "flaky", "unknown"]);
const kFormats = ["markdown", "mail", "junit", "ktap", "kcidb", "json"] as const;
const kEndings: Record<(typeof kFormats)[number], string> = { markdown: "md", mail: "txt", junit: "xml", ktap: "ktap", kcidb: "kcidb.json", json: "json" };

function Standing({ of }: { of: GateTest["standing"] }) {
  return <span class={`verdict s-${of}`}>{kWords[of]}</span>;
}

function Tries({ tries }: { tries: GateTest["candidate"] }) {
  if (tries.length === 0) return <span class="faint">not tried</span>;
  return (
    <>
      {tries.map((one, index) => (
        <span key={index} class="count">
          <a href={`/jobs/${one.job}`} title={one.reason}><Verdict of={one.verdict} /></a>
          {one.reused && <span class="faint"> earlier</span>}
        </span>
      ))}
    </>
  );
}

function News({ test }: { test: GateTest }) {
  return (
    <article class="card news">
      <h3><Standing of={test.standing} /> {test.title}</h3>
      <p>{test.reason}</p>
      {test.broken !== "" && <p>Users see: {test.broken}</p>}
      <dl class="facts">
        {test.promises.length > 0 && <><dt>Promise</dt><dd>{test.promises.join(", ")}: {test.summary}</dd></>}
        {test.signature !== "" && <><dt>What failed</dt><dd class="mono">{test.signature}</dd></>}
        <dt>Candidate</dt><dd><Tries tries={test.candidate} /></dd>
        <dt>Baseline</dt><dd><Tries tries={test.baseline} /></dd>
      </dl>
      {test.evidence.map((piece, index) => (
        <details key={index}>
          <summary>{piece.source}</summary>
          <pre tabIndex={0}>{piece.text}</pre>
        </details>
      ))}
      {test.reproduce !== "" && <Copyable text={test.reproduce} label={`Reproduces ${test.title}`} />}
    </article>
  );
}

function Tests({ report }: { report: GateReport }) {
  if (report.tests.length === 0) return null;
  const rank = (test: GateTest): number => kStandings.indexOf(test.standing);
  const tests = [...report.tests].sort((a, b) => rank(a) - rank(b));
  const counts = kStandings.map((standing) => ({ standing, count: tests.filter((test) => test.standing === standing).length })).filter(({ count }) => count > 0);
  return (
    <section aria-labelledby="tests">
      <h2 id="tests">Promises, baseline against candidate</h2>
      <p>{counts.map(({ standing, count }) => <span key={standing} class="count">{count} <Standing of={standing} /></span>)}</p>
      {tests.filter((test) => kNews.has(test.standing)).map((test) => <News key={test.title} test={test} />)}
      <Table label="Tests" head={["Promise", "Test", "Standing", "Baseline", "Candidate", "Why"]}>
        {tests.map((test) => (
          <tr key={test.title}>
            <td class="number">{test.promises.join(", ")}</td>
            <td>{test.title}</td>
            <td><Standing of={test.standing} /></td>
            <td><Tries tries={test.baseline} /></td>
            <td><Tries tries={test.candidate} /></td>
            <td class="why">{test.reason}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

const openJob = (job: string): void => go(`/jobs/${job}`);

function Latency({ report }: { report: GateReport }) {
  if (report.phases.length === 0) return null;
  return (
    <section aria-labelledby="latency">
      <h2 id="latency">Latency, baseline against candidate</h2>
      <p class="faint">Each dot is a boot, the bar their median. Below them: the difference with its interval; what lies within the shaded band does not matter.</p>
      {report.phases.map((phase) => (
        <div key={`${phase.scenario} ${phase.phase}`}>
          <h3><span class={`verdict o-${phase.outcome}`}>{phase.outcome}</span> {phase.phase} <span class="faint">in {phase.scenario}</span></h3>
          <BootsChart
            label={phase.sentence}
            baseline={phase.baseline}
            candidate={phase.candidate}
            baselineJobs={phase.baseline_jobs}
            candidateJobs={phase.candidate_jobs}
            phase={`${phase.phase} in ${phase.scenario}, boot by boot`}
            open={openJob}
            shift={phase.shift}
            interval={phase.has_interval ? { low: phase.low, high: phase.high, confidence: phase.confidence } : null}
            matters={phase.matters}
          />
        </div>
      ))}
    </section>
  );
}

function Series({ report }: { report: GateReport }) {
  return (
    <section aria-labelledby="series">
      <h2 id="series">Series and kernels</h2>
      <Table label="Patches" head={["Number", "Patch", "Trouble"]}>
        {report.patches.map((patch, index) => (
          <tr key={patch.name}>
            <td class="number">{index + 1}</td>
            <td>{patch.name}</td>
            <td>{patch.trouble === "" ? <span class="faint">none</span> : <pre class="trouble" tabIndex={0}>{patch.trouble}</pre>}</td>
          </tr>
        ))}
      </Table>
      <Table label="Kernels" head={["As", "Kernel", "Release", "Source", "Build id", "Built in"]}>
        {(["baseline", "candidate"] as const).map((which) => (
          <tr key={which}>
            <td>{which}</td>
            <td>{report[which].title}</td>
            <td>{report[which].release}</td>
            <td>{report[which].base_version}</td>
            <td class="mono">{report[which].build_id}</td>
            <td>{report[which].build_seconds > 0 ? secondsText(report[which].build_seconds) : "was there"}</td>
          </tr>
        ))}
      </Table>
      {report.notes.map((note) => <p key={note}>Note: {note}</p>)}
      {report.left_out.length > 0 && (
        <details>
          <summary>{report.left_out.length} tests left out</summary>
          <ul>{report.left_out.map((one) => <li key={one.what}>{one.what}: {one.why}</li>)}</ul>
        </details>
      )}
    </section>
  );
}

/** How much of a run is done, of a gate that is under way. */
function RunProgress({ id }: { id: string }) {
  const detail = useLive<RunDetail>(`/runs/${encodeURIComponent(id)}`, (event) => event.run === id);
  return (
    <li>
      <Asked of={detail}>
        {({ run }) => {
          const done = run.jobs - run.queued - run.running;
          return (
            <>
              <a href={`/runs/${id}`}>Run {id}</a> <progress max={Math.max(run.jobs, 1)} value={done} aria-label={`Jobs of run ${id} that are done`} /> {done} of {run.jobs} jobs{run.running > 0 && <>, {run.running} running</>}
            </>
          );
        }}
      </Asked>
    </li>
  );
}

function Progress({ report }: { report: GateReport }) {
  const settled = report.tests.filter((test) => test.standing !== "unknown").length;
  return (
    <section class="card" aria-labelledby="progress">
      <h2 id="progress">How far it is</h2>
      <p>{report.stage || "It begins"}{settled > 0 && <>; {settled} tests have a standing so far</>}. What is known is below, and grows.</p>
      {report.runs.length > 0 && <ul class="progress">{report.runs.map((run) => <RunProgress key={run} id={run} />)}</ul>}
    </section>
  );
}

function History({ title, id }: { title: string; id: string }) {
  const gates = useLive<PageOf<Gate>>(`/gates?${new URLSearchParams({ title, limit: "10" })}`, (event) => event.kind.startsWith("gate."));
  return (
    <section aria-labelledby="history">
      <h2 id="history">Gates of this series</h2>
      <Asked of={gates}>
        {({ items }) => items.length <= 1 ? <p class="faint">This is the only one.</p> : <GateTable label={`Gates of the series of ${id}`} gates={items} />}
      </Asked>
    </section>
  );
}

export function GatePage({ id }: { id: string }) {
  const detail = useLive<GateDetail>(`/gates/${encodeURIComponent(id)}`, (event) => event.kind.startsWith("gate."));
  return (
    <>
      <h1>Gate {id}</h1>
      <Asked of={detail}>
        {({ gate, report }) => (
          <>
            <p class="lead"><Answer answer={gate.answer} state={gate.state} /> <strong>{gate.title}</strong>: {gate.state === "running" ? report.stage || "begins" : gate.reason}</p>
            <dl class="facts">
              <dt>Suite</dt><dd>{report.suite}</dd>
              <dt>Begun</dt><dd><Time of={gate.created} /></dd>
              {gate.finished !== null && <><dt>Took</dt><dd>{secondsText(report.wall_seconds)}</dd></>}
              <dt>Lab</dt><dd>luolab {report.lab.version}{report.lab.workers.length > 0 && <>, on {report.lab.workers.join(", ")}</>}{report.lab.accel !== "" && ` (${report.lab.accel})`}</dd>
              {report.origin !== "" && <><dt>Origin</dt><dd class="mono">{report.origin}</dd></>}
              {report.runs.length > 0 && <><dt>Runs</dt><dd>{report.runs.map((run) => <a key={run} class="count" href={`/runs/${run}`}>{run}</a>)}</dd></>}
              <dt>Report as</dt><dd>{kFormats.map((format) => <span key={format} class="count"><Download path={`/gates/${id}/report?format=${format}`} name={`${id}.${kEndings[format]}`}>{format}</Download></span>)}</dd>
            </dl>
            {gate.state === "running" && gate.service && <p><OrderButton role="submit" method="POST" path={`/gates/${id}/cancel`}>Cancel</OrderButton></p>}
            {gate.state === "running" && <Progress report={report} />}
            {report.changes_nothing && <p class="card">The series changes nothing that runs: code and data of both kernels are equal, so nothing was booted.</p>}
            <Latency report={report} />
            <Tests report={report} />
            <Series report={report} />
            {report.command !== "" && <><h2>To ask again</h2><Copyable text={report.command} label="Command of this gate" /></>}
            <History title={gate.title} id={id} />
          </>
        )}
      </Asked>
    </>
  );
}
