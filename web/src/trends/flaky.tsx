// SPDX-License-Identifier: Apache-2.0
// Tests whose verdict differs over attempts of the same builds.
import { Table, Verdict } from "../parts/small";
import type { FlakyTest } from "../pages/list-types";

/** The controller stops counting there. */
const kMostCounted = 1000;

const countText = (count: number): string => (count >= kMostCounted ? `${kMostCounted} or more` : String(count));

export function Flaky({ tests }: { tests: readonly FlakyTest[] }) {
  if (tests.length === 0) return <p class="faint">Every test gave the same verdict each time on the same kernels.</p>;
  return (
    <Table label="Tests whose verdict comes and goes" head={["Test", "From", "To", "Failed", "Passed", "Last failure", "There"]}>
      {tests.map((test) => (
        <tr key={`${test.test}\n${test.last_failure}`}>
          <td><a href={`/jobs?scenario=${encodeURIComponent(test.test.replace(/\[.*$/s, ""))}`}>{test.test}</a></td>
          <td>{test.outgoing}</td>
          <td>{test.incoming}</td>
          <td class="number">{countText(test.failed)}</td>
          <td class="number">{countText(test.passed)}</td>
          <td><a href={`/jobs/${test.last_failure}`}><Verdict of="FAIL" /> {test.last_failure}</a></td>
          <td>{test.worker}</td>
        </tr>
      ))}
    </Table>
  );
}
