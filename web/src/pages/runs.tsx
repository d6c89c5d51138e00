// SPDX-License-Identifier: Apache-2.0
import { useLive } from "../live/live";
import { Asked, Table, Time, Verdict } from "../parts/small";
import type { PageOf, Run } from "./list-types";

/** "3 PASS, 1 FAIL", each a word. */
export function Verdicts({ of }: { of: Run["verdicts"] }) {
  return <>{Object.entries(of).map(([verdict, jobs]) => <span key={verdict} class="count">{Number(jobs)} <Verdict of={verdict} /></span>)}</>;
}

export function RunsPage({ cursor }: { cursor: string }) {
  const runs = useLive<PageOf<Run>>(`/runs?limit=50${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`, (event) => /^(run|job)\./.test(event.kind));
  return (
    <>
      <h1>Runs</h1>
      <Asked of={runs}>
        {({ items, next }) => items.length === 0 ? <p class="faint">There is no run{cursor === "" ? " yet. Now tells how to start the first." : " before these."}</p> : (
          <>
            <Table label="Runs" head={["Run", "What", "State", "Verdicts", "Jobs", "By", "Created"]}>
              {items.map((run) => (
                <tr key={run.id}>
                  <td><a href={`/runs/${run.id}`}>{run.id}</a></td>
                  <td>{run.title}</td>
                  <td>{run.state}</td>
                  <td><Verdicts of={run.verdicts} /></td>
                  <td class="number">{run.jobs}</td>
                  <td>{run.submitter}</td>
                  <td><Time of={run.created} /></td>
                </tr>
              ))}
            </Table>
            {next !== null && <p><a href={`/runs?cursor=${encodeURIComponent(next)}`}>Older runs</a></p>}
          </>
        )}
      </Asked>
    </>
  );
}
