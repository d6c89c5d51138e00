// SPDX-License-Identifier: Apache-2.0
// What was found for the words in the box of the header, grouped by what it is.
import { useEffect } from "preact/hooks";

import { get } from "../api/client";
import { useTyped } from "../live/typed";
import { focusSearch, straight, walkHits } from "../parts/search-box";
import type { PageOf, SearchHit } from "./list-types";

const kPauseMs = 150;
const kEach = 8;

const kKinds: Record<SearchHit["kind"], { title: string; address: (id: string) => string }> = {
  run: { title: "Runs", address: (id) => `/runs/${id}` },
  job: { title: "Jobs", address: (id) => `/jobs/${id}` },
  reason: { title: "Reasons", address: (id) => `/jobs/${id}` },
  finding: { title: "Consoles", address: (id) => `/attempts/${id}` },
  build: { title: "Builds", address: () => "/builds" },
  gate: { title: "Gates", address: (id) => `/gates/${id}` },
  scenario: { title: "Scenarios", address: (id) => `/jobs?${new URLSearchParams({ scenario: id })}` },
  worker: { title: "Machines", address: (id) => `/fleet/${encodeURIComponent(id)}` },
};

const ask = (text: string, abort: AbortSignal) => (text === "" ? null : get<PageOf<SearchHit>>(`/search?${new URLSearchParams({ q: text, limit: String(kEach) })}`, abort));

function Found({ hits }: { hits: readonly SearchHit[] }) {
  if (hits.length === 0) return <p class="faint">Nothing has these words.</p>;
  const kinds = [...new Set(hits.map((hit) => hit.kind))];
  return (
    <>
      {kinds.map((kind) => (
        <section key={kind} aria-label={kKinds[kind].title}>
          <h2>{kKinds[kind].title}</h2>
          <ul class="hits">
            {hits.filter((hit) => hit.kind === kind).map((hit, index) => (
              <li key={index}><a href={kKinds[kind].address(hit.id)}>{hit.id}</a> {hit.text}</li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

export function SearchPage({ text }: { text: string }) {
  const { value, trouble } = useTyped(text, kPauseMs, ask).value;
  useEffect(focusSearch, []);
  const there = straight(text);
  return (
    <div onKeyDown={walkHits}>
      <h1>Search</h1>
      {trouble && <p class="trouble" role="alert">{trouble.message}</p>}
      {there !== null && <p>Enter opens <a href={there}>{text}</a>.</p>}
      {value === null ? <p class="faint">Runs, jobs, reasons, console excerpts, builds, machines, gates and scenarios with the words you type above, or words that begin so; j34, g5, a56 and 12 open at once.</p> : <Found hits={value.items} />}
    </div>
  );
}
