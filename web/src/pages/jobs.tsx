// SPDX-License-Identifier: Apache-2.0
// Jobs of all runs, by what they are filtered for; the filter is in the address.
import { useLive } from "../live/live";
import { Asked, Table, Time, Verdict } from "../parts/small";
import { go } from "../router";
import type { Job, PageOf } from "./list-types";

export function JobTable({ jobs, label }: { jobs: readonly Job[]; label: string }) {
  return (
    <Table label={label} head={["Verdict", "Job", "What", "Why", "Machine", "Ended"]}>
      {jobs.map((job) => (
        <tr key={job.id}>
          <td><Verdict of={job.verdict ?? job.state} /></td>
          <td><a href={`/jobs/${job.id}`}>{job.id}</a></td>
          <td>{job.title}</td>
          <td class="why">{job.reason}</td>
          <td>{job.worker !== "" && <a href={`/fleet/${encodeURIComponent(job.worker)}`}>{job.worker}</a>}</td>
          <td><Time of={job.ended} /></td>
        </tr>
      ))}
    </Table>
  );
}

const kFilters = {
  state: ["queued", "running", "done", "canceled"],
  verdict: ["PASS", "FAIL", "ERROR", "MISS", "SKIP", "XFAIL", "DONE"],
} as const;

function Filter({ query }: { query: URLSearchParams }) {
  const change = (form: HTMLFormElement): void => {
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && value !== "") wanted.set(name, value);
    go(`/jobs${wanted.size > 0 ? `?${wanted}` : ""}`);
  };
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault();
        change(event.currentTarget);
      }}
    >
      {Object.entries(kFilters).map(([name, values]) => (
        <label key={name}>
          {name}
          <select name={name} value={query.get(name) ?? ""} onChange={(event) => event.currentTarget.form && change(event.currentTarget.form)}>
            <option value="">any</option>
            {values.map((value) => <option key={value} value={value}>{value}</option>)}
          </select>
        </label>
      ))}
      {["scenario", "worker"].map((name) => (
        <label key={name}>
          {name === "worker" ? "machine" : name}
          <input name={name} defaultValue={query.get(name) ?? ""} />
        </label>
      ))}
      <button type="submit">Show</button>
    </form>
  );
}

export function JobsPage({ query }: { query: URLSearchParams }) {
  const asked = new URLSearchParams({ limit: "50" });
  for (const name of ["state", "verdict", "scenario", "worker", "cursor"]) if (query.get(name)) asked.set(name, query.get(name) ?? "");
  const jobs = useLive<PageOf<Job>>(`/jobs?${asked}`, (event) => event.kind.startsWith("job."));
  const older = (next: string): string => {
    const there = new URLSearchParams(query);
    there.set("cursor", next);
    return `/jobs?${there}`;
  };
  return (
    <>
      <h1>Jobs</h1>
      <Filter key={query.toString()} query={query} />
      <Asked of={jobs}>
        {({ items, next }) => items.length === 0 ? <p class="faint">No job is like that.</p> : (
          <>
            <JobTable jobs={items} label="Jobs" />
            {next !== null && <p><a href={older(next)}>Older jobs</a></p>}
          </>
        )}
      </Asked>
    </>
  );
}
