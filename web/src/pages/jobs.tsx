// SPDX-License-Identifier: Apache-2.0
// Jobs of all runs, by what they are filtered for; the filter is in the address.
import { useLive } from "../live/live";
import { LongList } from "../parts/long-list";
import { Table, Time, Verdict } from "../parts/small";
import { go } from "../router";
import type { Build, Job, PageOf } from "./list-types";

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

/** What is filtered for in words of the API, and how people call it. */
const kWords = { scenario: "scenario", worker: "machine", kernel: "kernel" } as const;

/** The kernels that were run last, to choose from; others are typed, by title or by the build's key. */
function Kernels() {
  const builds = useLive<PageOf<Build>>("/builds?limit=50", () => false);
  const titles = new Set(builds.value.value?.items.map((build) => build.title));
  return <datalist id="kernels">{[...titles].map((title) => <option key={title} value={title} />)}</datalist>;
}

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
      {Object.entries(kWords).map(([name, word]) => (
        <label key={name}>
          {word}
          <input name={name} defaultValue={query.get(name) ?? ""} list={name === "kernel" ? "kernels" : undefined} />
        </label>
      ))}
      <Kernels />
      <button type="submit">Show</button>
    </form>
  );
}

const kHead = [
  { name: "Verdict", width: "6rem" },
  { name: "Job", width: "6rem" },
  { name: "What", width: "26%" },
  { name: "Why", width: "auto" },
  { name: "Machine", width: "7rem" },
  { name: "Ended", width: "20rem" },
] as const;

function JobCells({ job }: { job: Job }) {
  return (
    <>
      <td><Verdict of={job.verdict ?? job.state} /></td>
      <td><a href={`/jobs/${job.id}`}>{job.id}</a></td>
      <td title={job.title}>{job.title}</td>
      <td title={job.reason}>{job.reason}</td>
      <td>{job.worker !== "" && <a href={`/fleet/${encodeURIComponent(job.worker)}`}>{job.worker}</a>}</td>
      <td><Time of={job.ended} /></td>
    </>
  );
}

export function JobsPage({ query }: { query: URLSearchParams }) {
  const filter = new URLSearchParams();
  for (const name of [...Object.keys(kFilters), ...Object.keys(kWords)]) if (query.get(name)) filter.set(name, query.get(name) ?? "");
  return (
    <>
      <h1>Jobs</h1>
      <Filter key={query.toString()} query={query} />
      <LongList<Job>
        key={`${filter} ${query.get("cursor")}`}
        label="Jobs"
        path={`/jobs${filter.size > 0 ? `?${filter}` : ""}`}
        from={query.get("cursor") ?? ""}
        head={kHead}
        row={(job) => <JobCells job={job} />}
        concerns={(event) => /^(run|job)\./.test(event.kind)}
        empty="No job is like that."
      />
    </>
  );
}
