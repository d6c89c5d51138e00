// SPDX-License-Identifier: Apache-2.0
// The console of an attempt: its colours, its crash, a search, live. A log of lines and not a
// terminal: so it can be selected, searched and read aloud, and needs no styles of a script's making.
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";

import type { Finding } from "../api/report";
import { Download } from "../parts/download";
import { sizeText } from "../parts/quantity";
import { BlockView } from "./line-view";
import { hasWords, type Line } from "./lines";
import { useConsole, type ConsoleReader } from "./use-console";
import { beginOf, isAtEnd, type Window } from "./window";

/** So near to an end of what is there, more is asked for. */
const kNearPixels = 300;

/** Lines of a finding's excerpt, where the console has them. */
function crashTest(findings: readonly Finding[]): (line: Line) => boolean {
  const stretches = findings.map(({ offset_bytes, excerpt }) => ({
    from: offset_bytes - excerpt.length - 4096,
    to: offset_bytes + 2 * excerpt.length + 4096,
    texts: excerpt.split("\n").filter((text) => text.trim() !== ""),
  }));
  return (line) => stretches.some(({ from, to, texts }) => line.offset >= from && line.offset <= to && texts.some((text) => line.text.includes(text)));
}

const lineAt = (box: HTMLElement, offset: number): HTMLElement | null => box.querySelector(`[data-offset="${offset}"]`);

/** Moves the box, and nothing around it, so that the line is in its middle or `above` its top. */
function bring(box: HTMLElement, line: HTMLElement, above?: number): void {
  const place = line.getBoundingClientRect().top - box.getBoundingClientRect().top;
  box.scrollTop += place - (above ?? box.clientHeight / 2);
}

/** The first line in sight and where it is, so that it stays there when others come before it. */
function firstInSight(box: HTMLElement): { offset: number; above: number } | null {
  const { top } = box.getBoundingClientRect();
  const isBelow = (element: Element): boolean => element.getBoundingClientRect().bottom > top;
  const block = [...box.querySelectorAll(".block")].find(isBelow);
  const line = block && [...block.querySelectorAll<HTMLElement>(".line")].find(isBelow);
  return line ? { offset: Number(line.dataset["offset"]), above: line.getBoundingClientRect().top - top } : null;
}

const hitsOf = (window: Window, wanted: string): Line[] => (wanted === "" ? [] : window.blocks.flatMap((block) => block.lines.filter((line) => hasWords(line, wanted))));

function searchText(wanted: string, hits: readonly Line[], at: number, window: Window, searched: number | null, wasNone: boolean): string {
  if (wanted === "") return "";
  if (searched !== null) return `searching, at ${sizeText(searched)} of ${sizeText(window.size)}`;
  if (wasNone) return "nowhere in the console";
  const whole = window.from === 0 && isAtEnd(window);
  const place = at < 0 ? "" : `${at + 1} of `;
  if (hits.length === 0) return whole ? "nowhere in the console" : "not here; Enter looks in the rest";
  return `${place}${hits.length} found${whole ? "" : " here; Enter goes on to the rest"}`;
}

interface Place {
  offset: number;
  above?: number;
}

/** Goes from match to match: those that are there, then those beyond. */
function useSearch(reader: ConsoleReader, hits: readonly Line[], wanted: string, goTo: (place: Place) => void) {
  const here = useSignal<number | null>(null);
  const wasNone = useSignal(false);
  const beyond = async (step: 1 | -1): Promise<void> => {
    const { window } = reader.known.peek();
    const is = (line: Line): boolean => hasWords(line, wanted);
    const found = (await reader.find(step > 0 ? window.to : window.from, step, is)) ?? (await reader.find(step > 0 ? 0 : window.size, step, is));
    wasNone.value = found === null;
    if (!found) return;
    const isThere = reader.known.peek().window.from <= found.offset && found.offset < reader.known.peek().window.to;
    if (!isThere) await reader.around(found.offset);
    here.value = found.offset;
    goTo({ offset: found.offset });
  };
  const step = (by: 1 | -1): void => {
    if (wanted === "") return;
    const now = here.peek();
    const next = by > 0 ? hits.find((line) => now === null || line.offset > now) : [...hits].reverse().find((line) => now === null || line.offset < now);
    if (!next) return void beyond(by);
    here.value = next.offset;
    goTo({ offset: next.offset });
  };
  const forget = (): void => {
    here.value = null;
    wasNone.value = false;
  };
  return { here, wasNone, step, forget };
}

function Ends({ reader, ended, follow }: { reader: ConsoleReader; ended: boolean; follow: () => void }) {
  const { window, busy } = reader.known.value;
  return (
    <>
      {window.from > 0 && <button type="button" disabled={busy} onClick={reader.earlier}>Earlier</button>}
      {!isAtEnd(window) && <button type="button" disabled={busy} onClick={reader.later}>Later</button>}
      {!isAtEnd(window) && <button type="button" disabled={busy} onClick={follow}>To the end</button>}
      <span class="faint">
        {window.from > 0 || !isAtEnd(window) ? `${sizeText(window.from)} to ${sizeText(window.to)} of ` : ""}{sizeText(window.size)}
        {!ended && (isAtEnd(window) ? ", followed while it runs" : ", more comes while it runs")}
      </span>
    </>
  );
}

export interface ConsoleProps {
  attempt: string;
  ended: boolean;
  /** Of this attempt. */
  findings: readonly Finding[];
}

export function Console({ attempt, ended, findings }: ConsoleProps) {
  const reader = useConsole(attempt, ended);
  const { window, trouble, busy, searched } = reader.known.value;
  const typed = useSignal("");
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(!ended);
  const wantedPlace = useRef<Place | null>(null);
  const isCrash = useMemo(() => crashTest(findings), [findings]);
  const wanted = typed.value.toLowerCase();
  const hits = useMemo(() => hitsOf(window, wanted), [window.blocks, wanted]);

  const settle = (): void => {
    const place = wantedPlace.current;
    const line = place && box.current ? lineAt(box.current, place.offset) : null;
    if (place && line && box.current) {
      wantedPlace.current = null;
      bring(box.current, line, place.above);
    } else if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(settle, [window]);
  useEffect(() => {
    if (ended && box.current && window.from > 0) box.current.scrollTop = box.current.scrollHeight;
  }, [window.size > 0]);

  const goTo = (place: Place): void => {
    atEnd.current = false;
    wantedPlace.current = place;
    settle();
  };
  const { here, wasNone, step, forget } = useSearch(reader, hits, wanted, goTo);
  const keepPlace = (move: () => void): void => {
    wantedPlace.current = box.current ? firstInSight(box.current) : null;
    move();
  };
  const toCrash = async (offset: number): Promise<void> => {
    const isThere = window.from <= offset && offset < window.to;
    if (!isThere) await reader.around(offset);
    const first = reader.known.peek().window.blocks.flatMap((block) => block.lines).find((line) => line.offset >= offset - 4096 && isCrash(line));
    if (first) goTo({ offset: first.offset });
  };
  const follow = (): void => {
    wantedPlace.current = null;
    atEnd.current = true;
    void reader.toEnd();
  };
  return (
    <section aria-labelledby="console">
      <h2 id="console">Console</h2>
      {trouble !== "" && <p class="trouble" role="alert">{trouble}</p>}
      <div class="tools">
        <input
          type="search"
          aria-label="Search in the console"
          placeholder="Search; Enter goes to the next"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            forget();
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            step(event.shiftKey ? -1 : 1);
          }}
        />
        <span role="status" class="faint">{searchText(wanted, hits, hits.findIndex((line) => line.offset === here.value), window, searched, wasNone.value)}</span>
        {findings.map((finding, index) => (
          <button key={finding.offset_bytes} type="button" disabled={busy} onClick={() => void toCrash(finding.offset_bytes)}>
            {findings.length === 1 ? "To the crash" : `To finding ${index + 1}: ${finding.kind}`}
          </button>
        ))}
        <Ends reader={{ ...reader, earlier: () => keepPlace(reader.earlier), later: () => keepPlace(reader.later) }} ended={ended} follow={follow} />
        <Download path={`/attempts/${attempt}/console`} name={`console-${attempt}.log`}>download</Download>
      </div>
      <div
        ref={box}
        class="console mono"
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Console output"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          const below = scrollHeight - clientHeight - scrollTop;
          atEnd.current = !ended && below < 40 && isAtEnd(window);
          if (busy || wantedPlace.current) return;
          if (scrollTop < kNearPixels && window.from > 0) keepPlace(reader.earlier);
          else if (below < kNearPixels && !isAtEnd(window)) keepPlace(reader.later);
        }}
      >
        {window.blocks.length === 0 ? <span class="faint">{busy ? "Loading..." : "Nothing was said."}</span> : window.blocks.map((block) => (
          <BlockView
            key={beginOf(block)}
            block={block}
            wanted={wanted}
            here={here.value !== null && here.value >= beginOf(block) && block.lines.some((line) => line.offset === here.value) ? here.value : null}
            isCrash={isCrash}
          />
        ))}
      </div>
    </section>
  );
}
