// SPDX-License-Identifier: Apache-2.0
// The console of an attempt: its colours, its crash, a search, live. A log of lines and not a
// terminal: so it can be selected, searched and read aloud, and needs no styles of a script's making.
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { Trouble } from "../api/client";
import type { Finding } from "../api/report";
import { followConsole, readStretch } from "./feed";
import { piecesOf, type Line } from "./lines";

/** Lines drawn as one block; blocks out of sight cost nothing (content-visibility). */
const kBlock = 200;
const kMostLive = 50_000;

interface Known {
  lines: Line[];
  from: number;
  trouble: string;
  busy: boolean;
}

function useConsole(attempt: string, ended: boolean): { known: Signal<Known>; earlier: () => void } {
  const known = useSignal<Known>({ lines: [], from: 0, trouble: "", busy: true });
  const abort = useRef(new AbortController());
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    const signal = abort.current.signal;
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      known.value = { ...known.value, trouble: error instanceof Trouble ? error.message : String(error) };
    }
    if (!signal.aborted) known.value = { ...known.value, busy: false };
  };
  useEffect(() => {
    abort.current = new AbortController();
    const { signal } = abort.current;
    known.value = { lines: [], from: 0, trouble: "", busy: ended };
    void guarded(async () => {
      if (ended) {
        const { lines, from } = await readStretch(attempt, signal);
        known.value = { ...known.value, lines, from };
      } else {
        await followConsole(attempt, signal, (lines) => {
          known.value = { ...known.value, lines: [...known.value.lines, ...lines].slice(-kMostLive) };
        });
      }
    });
    return () => abort.current.abort();
  }, [attempt, ended]);
  const earlier = (): void => {
    known.value = { ...known.value, busy: true };
    void guarded(async () => {
      const { lines, from } = await readStretch(attempt, abort.current.signal, known.value.from);
      known.value = { ...known.value, lines: [...lines, ...known.value.lines], from };
    });
  };
  return { known, earlier };
}

const isWithin = (line: Line, findings: readonly Finding[]): boolean =>
  findings.some((finding) => finding.excerpt.split("\n").some((text) => text !== "" && line.text.includes(text)) && Math.abs(line.offset - finding.offset_bytes) < 2 * finding.excerpt.length + 4096);

function marked(text: string, wanted: string) {
  if (wanted === "") return text;
  const parts: (string | preact.JSX.Element)[] = [];
  const lower = text.toLowerCase();
  let begin = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, begin)) {
    parts.push(text.slice(begin, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>);
    begin = at + wanted.length;
  }
  return [...parts, text.slice(begin)];
}

function LineView({ line, wanted, crash }: { line: Line; wanted: string; crash: boolean }) {
  return (
    <div class={crash ? "line crash" : "line"} data-offset={line.offset}>
      {piecesOf(line.text).map((piece, index) => (piece.look === "" ? marked(piece.text, wanted) : <span key={index} class={piece.look}>{marked(piece.text, wanted)}</span>))}
    </div>
  );
}

/** Goes from match to match; stays within the console's own box. */
function showMatch(box: HTMLElement | null, at: number): void {
  const marks = box?.querySelectorAll("mark") ?? [];
  for (const mark of marks) mark.classList.remove("here");
  const mark = marks[at];
  mark?.classList.add("here");
  mark?.scrollIntoView({ block: "center" });
}

function Search({ box, wanted, matches }: { box: HTMLElement | null; wanted: Signal<string>; matches: number }) {
  const at = useSignal(-1);
  const step = (by: number): void => {
    if (matches === 0) return;
    at.value = (at.value + by + matches) % matches;
    showMatch(box, at.value);
  };
  return (
    <>
      <input
        type="search"
        aria-label="Search in the console"
        placeholder="Search; Enter goes to the next"
        value={wanted.value}
        onInput={(event) => {
          wanted.value = event.currentTarget.value;
          at.value = -1;
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          step(event.shiftKey ? -1 : 1);
        }}
      />
      <span role="status" class="faint">{wanted.value === "" ? "" : matches === 0 ? "not in what is loaded" : `${at.value < 0 ? "" : `${at.value + 1} of `}${matches} found`}</span>
    </>
  );
}

export function Console({ attempt, ended, findings }: { attempt: string; ended: boolean; findings: readonly Finding[] }) {
  const { known, earlier } = useConsole(attempt, ended);
  const wanted = useSignal("");
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { lines, from, trouble, busy } = known.value;
  useEffect(() => {
    if (box.current && atEnd.current && !ended) box.current.scrollTop = box.current.scrollHeight;
  }, [lines.length]);
  const text = wanted.value.toLowerCase();
  const matches = text === "" ? 0 : lines.reduce((sum, line) => sum + piecesOf(line.text).reduce((inner, piece) => inner + piece.text.toLowerCase().split(text).length - 1, 0), 0);
  const crashes = lines.filter((line) => isWithin(line, findings));
  const blocks = Array.from({ length: Math.ceil(lines.length / kBlock) }, (_, index) => lines.slice(index * kBlock, (index + 1) * kBlock));
  return (
    <section aria-labelledby="console">
      <h2 id="console">Console</h2>
      {trouble !== "" && <p class="trouble" role="alert">{trouble}</p>}
      <div class="tools">
        <Search box={box.current} wanted={wanted} matches={matches} />
        {crashes[0] && <button type="button" onClick={() => box.current?.querySelector(".crash")?.scrollIntoView({ block: "center" })}>To the crash</button>}
        {from > 0 && <button type="button" disabled={busy} onClick={earlier}>Earlier 512 KiB</button>}
        {!ended && <span class="faint">followed while it runs</span>}
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
          atEnd.current = scrollTop + clientHeight > scrollHeight - 40;
        }}
      >
        {lines.length === 0 ? <span class="faint">{busy ? "Loading..." : "Nothing was said."}</span> : blocks.map((block) => (
          <div key={block[0]?.offset} class={blocks.length > 2 ? "block" : ""}>{block.map((line) => <LineView key={line.offset} line={line} wanted={text} crash={crashes.includes(line)} />)}</div>
        ))}
      </div>
    </section>
  );
}
