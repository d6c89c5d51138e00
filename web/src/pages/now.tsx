// SPDX-License-Identifier: Apache-2.0
// What is running, what waits and why, what ended last, and the fleet.
import { useLive } from "../live/live";
import { Copyable } from "../parts/copyable";
import { Asked, Table, Verdict } from "../parts/small";
import { Leases } from "./fleet";
import { JobTable } from "./jobs";
import type { Job, PageOf, Why, Worker } from "./list-types";

const kLastJobs = 15;
const kWaiting = 10;

const aboutJobs = (event: { kind: string }): boolean => /^(job|attempt|run)\./.test(event.kind);

function Running() {
  return (
    <section aria-labelledby="running">
      <h2 id="running">Running</h2>
      <Leases label="Running jobs" />
    </section>
  );
}

function WaitsFor({ job }: { job: string }) {
  const why = useLive<Why>(`/jobs/${job}/why`, (event) => /^(job|worker)\./.test(event.kind));
  return <>{why.value.value?.text ?? ""}</>;
}

function Queue() {
  const jobs = useLive<PageOf<Job>>(`/jobs?state=queued&limit=${kWaiting}`, aboutJobs);
  return (
    <section aria-labelledby="queue">
      <h2 id="queue">Queue</h2>
      <Asked of={jobs}>
        {({ items, next }) => items.length === 0 ? <p class="faint">No job waits.</p> : (
          <>
            <Table label="Waiting jobs" head={["Job", "What", "Why it waits"]}>
              {items.map((job) => (
                <tr key={job.id}>
                  <td><a href={`/jobs/${job.id}`}>{job.id}</a></td>
                  <td>{job.title}</td>
                  <td><WaitsFor job={job.id} /></td>
                </tr>
              ))}
            </Table>
            {next !== null && <p class="faint">More wait; the newest {kWaiting} are shown.</p>}
          </>
        )}
      </Asked>
    </section>
  );
}

function LastVerdicts() {
  const jobs = useLive<PageOf<Job>>(`/jobs?state=done&limit=${kLastJobs}`, aboutJobs);
  return (
    <section aria-labelledby="last">
      <h2 id="last">Last verdicts</h2>
      <Asked of={jobs}>
        {({ items }) => items.length === 0 ? <FirstSteps /> : (
          <JobTable jobs={items} label="Last verdicts" />
        )}
      </Asked>
    </section>
  );
}

function FirstSteps() {
  return (
    <div class="card">
      <p>Nothing has been tested yet. Start a machine, then the first scenario; its live update takes about ten seconds once its kernel is built:</p>
      <Copyable text={`luolab worker --controller ${location.origin}\nluolab submit scenarios/quickstart.yaml --controller ${location.origin}`} label="A worker, and the first scenario" />
    </div>
  );
}

function Fleet() {
  const workers = useLive<PageOf<Worker>>("/workers?limit=50", (event) => event.kind.startsWith("worker."));
  return (
    <section aria-labelledby="fleet">
      <h2 id="fleet">Fleet</h2>
      <Asked of={workers}>
        {({ items }) => items.length === 0 ? <p class="faint">No machine has said hello.</p> : (
          <Table label="Machines" head={["Machine", "State", "Busy", "Why"]}>
            {items.map((worker) => (
              <tr key={worker.name}>
                <td><a href={`/fleet/${encodeURIComponent(worker.name)}`}>{worker.name}</a></td>
                <td><Verdict of={worker.status} /></td>
                <td>{worker.busy} of {worker.slots}</td>
                <td>{worker.reason}</td>
              </tr>
            ))}
          </Table>
        )}
      </Asked>
    </section>
  );
}

export function NowPage() {
  return (
    <>
      <h1>Now</h1>
      <Running />
      <Queue />
      <LastVerdicts />
      <Fleet />
    </>
  );
}
