// SPDX-License-Identifier: Apache-2.0
import { useLive } from "../live/live";
import { Copyable } from "../parts/copyable";
import { Asked, Table, Time, Verdict } from "../parts/small";
import type { Gate, PageOf } from "./list-types";

const kWords: Record<string, string> = {
  may_go_in: "may go in",
  must_not: "must not",
  inconclusive: "inconclusive",
  lab_trouble: "lab trouble",
  does_not_apply: "does not apply",
};

/** The answer in words, or how far it is. */
export function Answer({ answer, state }: { answer: string | null; state: string }) {
  if (state !== "done" || answer === null) return <Verdict of={state} />;
  return <span class={`verdict a-${answer}`}>{kWords[answer] ?? answer}</span>;
}

function FirstGate() {
  return (
    <div class="card">
      <p>No series has been asked about yet. A gate compares two kernels that differ in a patch series alone, and says whether it may go in:</p>
      <Copyable text={`luolab gate --controller ${location.origin} --series mine.patch`} label="Asks about a series" />
      <p>The same without <code>--controller</code> asks on the machine it is typed on; where that machine keeps its state in this controller's folder, its gates are shown here too.</p>
    </div>
  );
}

export function GateTable({ gates, label }: { gates: readonly Gate[]; label: string }) {
  return (
    <Table label={label} head={["Gate", "Answer", "Series", "Why", "By", "Begun"]}>
      {gates.map((gate) => (
        <tr key={gate.id}>
          <td><a href={`/gates/${gate.id}`}>{gate.id}</a></td>
          <td><Answer answer={gate.answer} state={gate.state} /></td>
          <td><a href={`/gates?title=${encodeURIComponent(gate.title)}`}>{gate.title}</a></td>
          <td class="why">{gate.reason}</td>
          <td>{gate.submitter}</td>
          <td><Time of={gate.created} /></td>
        </tr>
      ))}
    </Table>
  );
}

export function GatesPage({ title, cursor }: { title: string; cursor: string }) {
  const query = new URLSearchParams({ limit: "50", ...(title !== "" && { title }), ...(cursor !== "" && { cursor }) });
  const gates = useLive<PageOf<Gate>>(`/gates?${query}`, (event) => event.kind.startsWith("gate."));
  return (
    <>
      <h1>Gates{title !== "" && <> of {title}</>}</h1>
      {title !== "" && <p><a href="/gates">Gates of all series</a></p>}
      <Asked of={gates}>
        {({ items, next }) => items.length === 0 ? (title === "" && cursor === "" ? <FirstGate /> : <p class="faint">There is none.</p>) : (
          <>
            <GateTable gates={items} label="Gates" />
            {next !== null && <p><a href={`/gates?${new URLSearchParams({ ...(title !== "" && { title }), cursor: next })}`}>Older gates</a></p>}
          </>
        )}
      </Asked>
    </>
  );
}
