// SPDX-License-Identifier: Apache-2.0
// What was found for the words in the box of the header, grouped by what it is.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { get, Trouble } from "../api/client";
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
  worker: { title: "Machines", address: (id) => `/fleet/${encodeURIComponent(id)}` },
};

function useHits(text: string) {
  const hits = useSignal<SearchHit[] | null>(null);
  const trouble = useSignal("");
  useEffect(() => {
    if (text === "") {
      hits.value = null;
      return undefined;
    }
    const abort = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const found = await get<PageOf<SearchHit>>(`/search?${new URLSearchParams({ q: text, limit: String(kEach) })}`, abort.signal);
        hits.value = found.items;
        trouble.value = "";
      } catch (error) {
        if (error instanceof Trouble) trouble.value = error.message;
      }
    };
    const timer = setTimeout(() => void ask(), kPauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return { hits, trouble };
}

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
  const { hits, trouble } = useHits(text);
  useEffect(focusSearch, []);
  const there = straight(text);
  return (
    <div onKeyDown={walkHits}>
      <h1>Search</h1>
      {trouble.value !== "" && <p class="trouble" role="alert">{trouble.value}</p>}
      {there !== null && <p>Enter opens <a href={there}>{text}</a>.</p>}
      {hits.value === null ? <p class="faint">Runs, jobs, reasons, console excerpts, builds and machines with the words you type above, or words that begin so; j34, g5, a56 and 12 open at once.</p> : <Found hits={hits.value} />}
    </div>
  );
}
