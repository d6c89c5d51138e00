// SPDX-License-Identifier: Apache-2.0
// One page: its state, and its header as it must be and as it was found.
import { sizeText } from "../parts/quantity";
import { Table } from "../parts/small";
import { kStateMeanings, kStateNames, kLetters, type BadPage, type MapEntry, type Origin } from "./map";

/** The fields of a record's header, docs/results.md; bytes are little-endian. */
const kFields = [
  { name: "position mark", from: 0, bytes: 8 },
  { name: "magic", from: 8, bytes: 4 },
  { name: "writer", from: 12, bytes: 4 },
  { name: "page", from: 16, bytes: 8 },
  { name: "generation", from: 24, bytes: 8 },
  { name: "checksum", from: 32, bytes: 8 },
] as const;
const kRaw = new Set<string>(["position mark", "checksum"]);

function fieldOf(head: string, { name, from, bytes }: (typeof kFields)[number]): string {
  const digits = head.slice(from * 2, (from + bytes) * 2);
  if (digits.length < bytes * 2) return "not there";
  const pairs = digits.match(/../g) ?? [];
  if (name === "magic") {
    const text = String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16)));
    return /^[\x20-\x7e]+$/.test(text) ? text : digits;
  }
  const value = BigInt(`0x${[...pairs].reverse().join("")}`);
  return kRaw.has(name) ? `0x${value.toString(16).padStart(bytes * 2, "0")}` : value.toString();
}

function originText(origin: Origin): string {
  const parts = [`page ${origin.page} of ${origin.memfd}`];
  if (origin.generation !== undefined) parts.push(`generation ${origin.generation}`);
  if (origin.writer) parts.push(`writer ${origin.writer}`);
  if (origin.identical) parts.push("to the last byte");
  return parts.join(", ");
}

function Headers({ bad, records }: { bad: BadPage; records: boolean }) {
  const rows = records ? kFields : kFields.slice(0, 1);
  return (
    <Table label="Header of the page" head={["Field", "Expected", "Actual", "Differs"]}>
      {rows.map((field) => {
        const expected = fieldOf(bad.expected.head, field);
        const actual = bad.actual ? fieldOf(bad.actual.head, field) : "not asked for";
        return (
          <tr key={field.name}>
            <td>{field.name}</td>
            <td class="mono">{expected}</td>
            <td class="mono">{actual}</td>
            <td>{bad.actual && expected !== actual && <span class="verdict v-fail">differs</span>}</td>
          </tr>
        );
      })}
      <tr>
        <td>tail: second position mark</td>
        <td class="mono">{bad.expected.tail}</td>
        <td class="mono">{bad.actual?.tail ?? "not asked for"}</td>
        <td>{bad.actual && bad.expected.tail !== bad.actual.tail && <span class="verdict v-fail">differs</span>}</td>
      </tr>
    </Table>
  );
}

export function PageDetails({ entry, page, bad }: { entry: MapEntry; page: number; bad: BadPage | undefined }) {
  const letter = kLetters[entry.runs.stateAt(page)] ?? "U";
  return (
    <div class="card page-details" role="status">
      <p>
        <strong>Page {page}</strong> of {entry.memfd.memfd}, from {sizeText(page * 4096)}: <strong class={`p-${letter}`}>{letter} {kStateNames[letter]}</strong>, {kStateMeanings[letter]}
        {bad && bad.seems !== "" && <>. {bad.seems}</>}
      </p>
      {bad && (
        <>
          <dl class="facts">
            <dt>Expected</dt><dd>{bad.wanted ? originText(bad.wanted) : "zeroes"}</dd>
            <dt>Found</dt><dd>{bad.found ? originText(bad.found) : "no page's content"}</dd>
            {bad.first_difference_byte !== undefined && <><dt>Differs</dt><dd>first at byte {bad.first_difference_byte}, in {bad.different_words ?? "?"} words of 8 bytes</dd></>}
          </dl>
          <Headers bad={bad} records={entry.memfd.pattern === "records"} />
        </>
      )}
    </div>
  );
}
