// SPDX-License-Identifier: Apache-2.0
// The matrix of a run: its points, sorted out by their parameters.
import type { RunPoint } from "../pages/list-types";

export type Values = ReadonlyMap<string, string>;

/** "boot[size=64MiB,cpus=2]": parameters and values, as a job's title has them. */
export function valuesOf(title: string): Values {
  const inside = /^[^[]*\[(.*)\]$/.exec(title)?.[1];
  if (inside === undefined) return new Map();
  return new Map(inside.split(/,(?=[\w.-]+=)/).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  }));
}

export interface Grid {
  scenario: string;
  /** Parameters that have one value: "pattern records". */
  constant: string;
  /** The parameter of the columns; empty: there is one column. */
  across: string;
  down: readonly string[];
  columns: readonly string[];
  rows: readonly { name: string; cells: ReadonlyMap<string, RunPoint> }[];
}

/** Of the parameters that vary, the one with fewest values goes across: a page is higher than wide. */
export function gridOf(scenario: string, points: readonly RunPoint[]): Grid {
  const values = points.map((point) => ({ point, own: valuesOf(point.title) }));
  const parameters = [...new Set(values.flatMap(({ own }) => [...own.keys()]))];
  const valuesCount = (name: string): number => new Set(values.map(({ own }) => own.get(name))).size;
  const varying = parameters.filter((name) => valuesCount(name) > 1);
  const constant = parameters.filter((name) => valuesCount(name) === 1).map((name) => `${name} ${values[0]?.own.get(name)}`).join(", ");
  const across = varying.length > 1 ? ([...varying].sort((a, b) => valuesCount(a) - valuesCount(b))[0] ?? "") : "";
  const down = varying.filter((name) => name !== across);
  const rows = new Map<string, Map<string, RunPoint>>();
  const columns = new Set<string>();
  for (const { point, own } of values) {
    const row = down.map((name) => `${name} ${own.get(name) ?? "-"}`).join(", ");
    const column = own.get(across) ?? "";
    columns.add(column);
    rows.set(row, (rows.get(row) ?? new Map<string, RunPoint>()).set(column, point));
  }
  return { scenario, constant, across, down, columns: [...columns], rows: [...rows].map(([name, cells]) => ({ name, cells })) };
}

export function gridsOf(points: readonly RunPoint[]): Grid[] {
  const scenarios = new Map<string, RunPoint[]>();
  for (const point of points) scenarios.set(point.scenario, [...(scenarios.get(point.scenario) ?? []), point]);
  return [...scenarios].map(([scenario, own]) => gridOf(scenario, own));
}
