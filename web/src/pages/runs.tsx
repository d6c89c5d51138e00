// SPDX-License-Identifier: Apache-2.0
import { LongList } from "../parts/long-list";
import { Time, Verdict } from "../parts/small";
import type { Run } from "./list-types";

/** "3 PASS, 1 FAIL", each a word. */
export function Verdicts({ of }: { of: Run["verdicts"] }) {
  return <>{Object.entries(of).map(([verdict, jobs]) => <span key={verdict} class="count">{Number(jobs)} <Verdict of={verdict} /></span>)}</>;
}

const kHead = [
  { name: "Run", width: "4rem" },
  { name: "What", width: "auto" },
  { name: "State", width: "6rem" },
  { name: "Verdicts", width: "14rem" },
  { name: "Jobs", width: "5rem" },
  { name: "By", width: "7rem" },
  { name: "Created", width: "18.5rem" },
] as const;

function RunCells({ run }: { run: Run }) {
  return (
    <>
      <td><a href={`/runs/${run.id}`}>{run.id}</a></td>
      <td title={run.title}>{run.title}</td>
      <td>{run.state}</td>
      <td><Verdicts of={run.verdicts} /></td>
      <td class="number">{run.jobs}</td>
      <td title={run.submitter}>{run.submitter}</td>
      <td><Time of={run.created} /></td>
    </>
  );
}

export function RunsPage({ cursor }: { cursor: string }) {
  return (
    <>
      <h1>Runs</h1>
      <LongList<Run>
        key={cursor}
        label="Runs"
        path="/runs"
        from={cursor}
        head={kHead}
        row={(run) => <RunCells run={run} />}
        concerns={(event) => /^(run|job)\./.test(event.kind)}
        empty={cursor === "" ? "There is no run yet. Now tells how to start the first." : "There is no run before these."}
      />
    </>
  );
}
