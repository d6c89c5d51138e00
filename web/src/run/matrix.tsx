// SPDX-License-Identifier: Apache-2.0
// The verdicts of a run by the points of its matrix.
import { useMemo } from "preact/hooks";

import type { RunPoint } from "../pages/list-types";
import { Verdict } from "../parts/small";
import { gridsOf, type Grid } from "./point";

/** What a point comes to, in a word: the worst of its verdicts, else what it waits for. */
const kWorstFirst = ["FAIL", "ERROR", "MISS", "XFAIL", "SKIP", "DONE", "PASS"] as const;

function Cell({ point }: { point: RunPoint | undefined }) {
  if (!point) return <td class="faint">-</td>;
  const verdicts = kWorstFirst.filter((verdict) => (point.verdicts[verdict] ?? 0) > 0);
  const waiting = point.queued + point.running;
  const look = verdicts[0] ? `cell-${verdicts[0].toLowerCase()}` : "";
  return (
    <td class={`cell ${look}`}>
      <a href={`/jobs/${point.job}`} title={`${point.title}: its first job`}>
        {verdicts.map((verdict) => <span key={verdict}><Verdict of={verdict} />{point.jobs > 1 ? ` ${point.verdicts[verdict]}` : ""} </span>)}
        {waiting > 0 && <span>{point.running > 0 ? "running" : "waiting"}{point.jobs > 1 ? ` ${waiting}` : ""} </span>}
        {point.jobs > 1 && <span class="faint">of {point.jobs}</span>}
      </a>
    </td>
  );
}

function GridTable({ grid }: { grid: Grid }) {
  return (
    <div class="scroll" role="group" aria-label={`Matrix of ${grid.scenario}`} tabIndex={0}>
      <table class="matrix">
        <caption>{grid.scenario}{grid.constant !== "" && <span class="faint">, {grid.constant}</span>}{grid.across !== "" && <span class="faint">, across: {grid.across}</span>}</caption>
        {grid.across !== "" && (
          <thead>
            <tr>
              <th scope="col">{grid.down.join(", ")}</th>
              {grid.columns.map((column) => <th key={column} scope="col">{grid.across} {column}</th>)}
            </tr>
          </thead>
        )}
        <tbody>
          {grid.rows.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{name === "" ? "all its jobs" : name}</th>
              {grid.columns.map((column) => <Cell key={column} point={cells.get(column)} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Matrix({ points }: { points: readonly RunPoint[] }) {
  const grids = useMemo(() => gridsOf(points), [points]);
  return <>{grids.map((grid) => <GridTable key={grid.scenario} grid={grid} />)}</>;
}
