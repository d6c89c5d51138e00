// SPDX-License-Identifier: Apache-2.0
// From which release to which: verdicts and a phase, as a heat map.
import { durationText } from "../parts/quantity";
import { Table } from "../parts/small";
import type { VersionPair } from "../pages/list-types";

export type Heat = "verdicts" | "time";

const kSteps = 5;

const byRelease = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

const judged = (pair: VersionPair): number => pair.passed + pair.failed;

function verdictLook(pair: VersionPair): string {
  if (judged(pair) === 0) return "";
  return pair.failed === 0 ? "heat-good" : pair.passed === 0 ? "heat-bad" : "heat-some";
}

/** The quickest pair is step 0, the slowest the last one. */
function timeLook(pair: VersionPair, times: readonly number[]): string {
  if (pair.median_ns === null) return "";
  const least = Math.min(...times);
  const span = Math.max(...times) - least;
  const step = span === 0 ? 0 : Math.min(kSteps - 1, Math.floor(((pair.median_ns - least) / span) * kSteps));
  return `heat-time-${step}`;
}

function Pair({ pair, look }: { pair: VersionPair; look: string }) {
  return (
    <td class={`heat ${look}`}>
      <a href={`/attempts/${pair.newest}`} title={`The newest attempt from ${pair.outgoing_release} to ${pair.incoming_release}`}>
        {judged(pair) === 0 ? "not judged" : `${pair.passed} of ${judged(pair)} pass`}
      </a>
      {pair.unjudged > 0 && <><br /><span class="faint">{pair.unjudged} not judged</span></>}
      {pair.median_ns !== null && <><br /><span class="number">{durationText(pair.median_ns)}</span></>}
    </td>
  );
}

export function VersionPairs({ pairs, phase, heat }: { pairs: readonly VersionPair[]; phase: string; heat: Heat }) {
  if (pairs.length === 0) return <p class="faint">No attempt came so far that both kernels are known.</p>;
  const from = [...new Set(pairs.map((pair) => pair.outgoing_release))].sort(byRelease);
  const to = [...new Set(pairs.map((pair) => pair.incoming_release))].sort(byRelease);
  const known = new Map(pairs.map((pair) => [`${pair.outgoing_release}\n${pair.incoming_release}`, pair]));
  const times = pairs.flatMap((pair) => (pair.median_ns === null ? [] : [pair.median_ns]));
  return (
    <>
      <Table label={`Version pairs: verdicts and median ${phase}`} head={["from \\ to", ...to]}>
        {from.map((outgoing) => (
          <tr key={outgoing}>
            <th scope="row">{outgoing}</th>
            {to.map((incoming) => {
              const pair = known.get(`${outgoing}\n${incoming}`);
              return pair ? <Pair key={incoming} pair={pair} look={heat === "time" ? timeLook(pair, times) : verdictLook(pair)} /> : <td key={incoming} class="heat faint">not tried</td>;
            })}
          </tr>
        ))}
      </Table>
      <p class="faint">
        The newest attempts of each pair, on any machine and of any size; of an attempt with several updates the last one. Below the verdicts: median {phase}.
        {heat === "time" ? ` The stronger the colour, the slower: from ${durationText(Math.min(...times))} to ${durationText(Math.max(...times))}.` : " Green: all passed; red: none did; amber: some."}
      </p>
    </>
  );
}
