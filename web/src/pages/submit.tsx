// SPDX-License-Identifier: Apache-2.0
// A scenario is written, seen as the jobs that it would be, and submitted. What was typed is kept in
// the tab until it has been submitted.
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { refusedFor } from "../api/caller";
import { Trouble } from "../api/client";
import { useTyped } from "../live/typed";
import { go } from "../router";
import type { Editor } from "../submit/editor";
import { look, submit, type Draft, type Looked } from "../submit/submission";

const kKept = "luolab.draft";
const kPauseMs = 400;
const kShownJobs = 200;

const kEmpty: Draft = { text: "", patches: [], repeat: "", title: "" };

function keptDraft(): Draft {
  try {
    return { ...kEmpty, ...(JSON.parse(sessionStorage.getItem(kKept) ?? "{}") as Partial<Draft>) };
  } catch {
    return kEmpty;
  }
}

function keep(draft: Draft): void {
  try {
    sessionStorage.setItem(kKept, JSON.stringify(draft));
  } catch {
    // More than the browser keeps: it stays on the page.
  }
}

function EditorPlace({ draft, mistakes, onSubmit }: { draft: Signal<Draft>; mistakes: Looked["mistakes"]; onSubmit: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const lost = useSignal("");
  const examples = useSignal<readonly { name: string; text: string }[]>([]);
  useEffect(() => {
    let left = false;
    void Promise.all([import("../submit/editor"), import("../submit/examples")]).then(([{ openEditor }, { kExamples }]) => {
      if (left || !place.current) return;
      examples.value = kExamples;
      if (draft.value.text === "") draft.value = { ...draft.value, text: kExamples[0]?.text ?? "" };
      editor.current = openEditor(place.current, "Scenario", draft.value.text, (text) => (draft.value = { ...draft.value, text }), onSubmit);
    }).catch(() => (lost.value = "The editor could not be loaded: the controller is away, or has been upgraded. Load the page anew; what was typed is kept."));
    return () => {
      left = true;
      editor.current?.close();
    };
  }, []);
  useEffect(() => editor.current?.setMistakes(mistakes.filter((mistake) => mistake.line > 0)), [mistakes]);
  return (
    <>
      <p>
        Begin with: {examples.value.map((example) => <button key={example.name} type="button" class="link count" onClick={() => editor.current?.setText(example.text)}>{example.name}</button>)}
      </p>
      {lost.value !== "" && <p class="trouble" role="alert">{lost.value}</p>}
      <div ref={place} class="editor" aria-busy={examples.value.length === 0 && lost.value === "" ? true : undefined} />
      <p class="faint">Ctrl-Space completes, Ctrl-Enter submits, Escape then Tab leaves the editor.</p>
      {mistakes.length > 0 && (
        <ul class="mistakes" role="alert">
          {mistakes.map((mistake, index) => (
            <li key={index}>
              {mistake.line > 0 && <button type="button" class="link" onClick={() => editor.current?.goTo(mistake.line, mistake.column)}>line {mistake.line}</button>} <span class="trouble">{mistake.message}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Patches({ draft }: { draft: Signal<Draft> }) {
  const over = useSignal(false);
  const add = async (files: FileList | null | undefined): Promise<void> => {
    const read = await Promise.all([...(files ?? [])].map(async (file) => ({ name: file.name, text: await file.text() })));
    const names = new Set(read.map((patch) => patch.name));
    draft.value = { ...draft.value, patches: [...draft.value.patches.filter((patch) => !names.has(patch.name)), ...read].sort((a, b) => a.name.localeCompare(b.name)) };
  };
  return (
    <section
      aria-labelledby="patches"
      class={`card drop${over.value ? " over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        void add(event.dataTransfer?.files);
      }}
    >
      <h2 id="patches">Patches</h2>
      <label>
        For every kernel, in the order of their names: drop patches or an mbox here, or choose them.
        <input type="file" multiple onChange={(event) => void add(event.currentTarget.files)} />
      </label>
      <ol>
        {draft.value.patches.map((patch) => (
          <li key={patch.name}>
            {patch.name} <span class="faint">({patch.text.split("\n").length} lines)</span>{" "}
            <button type="button" class="link" aria-label={`Remove ${patch.name}`} onClick={() => (draft.value = { ...draft.value, patches: draft.value.patches.filter((other) => other.name !== patch.name) })}>remove</button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Jobs({ looked, empty }: { looked: Looked | null; empty: boolean }) {
  if (empty) return <p class="faint">Nothing is written yet.</p>;
  if (!looked) return <p class="faint" aria-busy="true">Looking...</p>;
  if (looked.mistakes.length > 0) return <p class="trouble">{looked.mistakes.length === 1 ? "One thing is" : `${looked.mistakes.length} things are`} wrong; nothing can be submitted yet.</p>;
  return (
    <>
      <p><strong>{looked.jobs.length}</strong> job{looked.jobs.length === 1 ? "" : "s"}:</p>
      <ul class="jobs">{looked.jobs.slice(0, kShownJobs).map((title) => <li key={title}>{title}</li>)}</ul>
      {looked.jobs.length > kShownJobs && <p class="faint">and {looked.jobs.length - kShownJobs} more</p>}
    </>
  );
}

const ask = (draft: Draft, abort: AbortSignal): Promise<Looked> | null => (draft.text === "" ? null : look(draft, abort));

export function SubmitPage() {
  const draft = useSignal<Draft>(keptDraft());
  const refused = useSignal("");
  const busy = useSignal(false);
  const key = useRef<string>("");
  const { value: looked, trouble } = useTyped(draft.value, kPauseMs, ask).value;
  useEffect(() => {
    keep(draft.value);
    key.current = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }, [draft.value]);
  const send = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    refused.value = "";
    try {
      const run = await submit(draft.value, key.current);
      sessionStorage.removeItem(kKept);
      go(`/runs/${run}`);
    } catch (error) {
      refused.value = error instanceof Trouble ? error.message : String(error);
    }
    busy.value = false;
  };
  return (
    <>
      <h1>Submit</h1>
      <EditorPlace draft={draft} mistakes={looked?.mistakes ?? []} onSubmit={() => void send()} />
      <Patches draft={draft} />
      <div class="filter">
        <label>
          Title of the run
          <input value={draft.value.title} onInput={(event) => (draft.value = { ...draft.value, title: event.currentTarget.value })} />
        </label>
        <label>
          Each job so often
          <input type="number" min="1" value={draft.value.repeat} onInput={(event) => (draft.value = { ...draft.value, repeat: event.currentTarget.value })} />
        </label>
      </div>
      <section aria-labelledby="will-be">
        <h2 id="will-be">What it will be</h2>
        {trouble ? <p class="trouble" role="alert">{trouble.message}</p> : <Jobs looked={looked} empty={draft.value.text === ""} />}
      </section>
      <p>
        <button type="button" class="main" disabled={busy.value || refusedFor("submit") !== "" || !looked || looked.jobs.length === 0} onClick={() => void send()}>Submit</button>{" "}
        {refusedFor("submit") !== "" && <span class="faint">({refusedFor("submit")})</span>}
        {refused.value !== "" && <span class="trouble" role="alert">{refused.value} Nothing typed is lost.</span>}
      </p>
    </>
  );
}
