// SPDX-License-Identifier: Apache-2.0
// Keys that work on every page, and the list of them.
import { useEffect, useRef } from "preact/hooks";

import { go } from "../router";
import { focusSearch } from "./search-box";

const kKeys = [
  { keys: "/", what: "search" },
  { keys: "g n", what: "go to Now" },
  { keys: "g r", what: "go to Runs" },
  { keys: "g j", what: "go to Jobs" },
  { keys: "g g", what: "go to Gates" },
  { keys: "g t", what: "go to Trends" },
  { keys: "g f", what: "go to Fleet" },
  { keys: "g s", what: "go to Submit" },
  { keys: "?", what: "this list; Escape closes it" },
] as const;
const kPlaces: Record<string, string> = { n: "/", r: "/runs", j: "/jobs", g: "/gates", t: "/trends", f: "/fleet", s: "/submit" };
const kSecondMs = 1500;

/** Whoever writes wants letters. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.matches("input, select, textarea, canvas, [contenteditable]") || target.shadowRoot !== null;
}

export function Keys() {
  const list = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    let wentAt = 0;
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const place = performance.now() - wentAt < kSecondMs ? kPlaces[event.key] : undefined;
      wentAt = 0;
      if (place !== undefined) go(place);
      else if (event.key === "/") focusSearch();
      else if (event.key === "?") list.current?.showModal();
      else if (event.key === "g") wentAt = performance.now();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <button type="button" aria-label="Keys" onClick={() => list.current?.showModal()}>?</button>
      <dialog ref={list} aria-labelledby="keys">
        <h2 id="keys">Keys</h2>
        <dl class="facts">{kKeys.map(({ keys, what }) => <><dt><kbd>{keys}</kbd></dt><dd>{what}</dd></>)}</dl>
        <button type="button" onClick={() => list.current?.close()}>Close</button>
      </dialog>
    </>
  );
}
