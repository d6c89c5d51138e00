// SPDX-License-Identifier: Apache-2.0
// One box over everything: what was found as one types, grouped by what it is.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { get, Trouble } from "../api/client";
import { go } from "../router";
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

/** What is named by its id needs no search. */
function straight(text: string): string | null {
  if (/^j\d+$/.test(text)) return `/jobs/${text}`;
  if (/^g\d+$/.test(text)) return `/gates/${text}`;
  return /^\d+$/.test(text) ? `/runs/${text}` : null;
}

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

/** Arrow keys walk through the results. */
function walk(event: KeyboardEvent, box: HTMLElement | null): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [...document.querySelectorAll<HTMLElement>(".search input, .hits a")];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next || !box?.contains(next)) return;
  event.preventDefault();
  next.focus();
}

export function SearchPage({ text }: { text: string }) {
  const page = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const { hits, trouble } = useHits(text);
  useEffect(() => field.current?.focus(), []);
  const show = (wanted: string): void => go(`/search${wanted === "" ? "" : `?${new URLSearchParams({ q: wanted })}`}`, true);
  return (
    <div ref={page} class="search" onKeyDown={(event) => walk(event, page.current)}>
      <h1>Search</h1>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const first = straight(text) ?? document.querySelector<HTMLAnchorElement>(".hits a")?.getAttribute("href");
          if (first) go(first);
        }}
      >
        <input ref={field} type="search" value={text} aria-label="Search in everything" placeholder="words of titles, reasons, consoles; j34, g5, 12" maxLength={200} onInput={(event) => show(event.currentTarget.value)} />
      </form>
      {trouble.value !== "" && <p class="trouble" role="alert">{trouble.value}</p>}
      {straight(text) !== null && <p>Enter opens <a href={straight(text) ?? ""}>{text}</a>.</p>}
      {hits.value === null ? <p class="faint">Runs, jobs, reasons, console excerpts, builds and machines with the words you type, or words that begin so.</p> : <Found hits={hits.value} />}
    </div>
  );
}
