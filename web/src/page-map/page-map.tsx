// SPDX-License-Identifier: Apache-2.0
// Every preserved page as a cell: drag or arrows to move, wheel with Ctrl or + and - to zoom, n and p
// from bad page to bad page.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { countText } from "../parts/quantity";
import { Table } from "../parts/small";
import { theme } from "../parts/theme";
import { kLeastZoom, kMostZoom, type PagePlace } from "./layout";
import { entriesOf, kFirstGood, kLetters, kStateNames, type MapEntry, type PageMap } from "./map";
import { PageDetails } from "./page-details";
import { kHeight, Picture, type View } from "./picture";

const kListedPages = 200;

/** The next or last bad page over all memfds. */
function otherBad(entries: readonly MapEntry[], cursor: PagePlace | null, step: 1 | -1): PagePlace | null {
  const begin = cursor?.entry ?? (step > 0 ? 0 : entries.length - 1);
  for (let entry = begin; entry >= 0 && entry < entries.length; entry += step) {
    const runs = entries[entry]?.runs;
    if (!runs) return null;
    const from = entry === cursor?.entry ? cursor.page : step > 0 ? -1 : runs.pages;
    const page = step > 0 ? runs.nextBad(from) : runs.lastBadBefore(from);
    if (page !== null) return { entry, page };
  }
  return null;
}

/** True: the key was one of its own. */
function takeKey(event: KeyboardEvent, picture: Picture, entries: readonly MapEntry[], view: View): boolean {
  const bad = (step: 1 | -1): void => {
    const place = otherBad(entries, view.cursor, step);
    if (place) picture.goTo(place);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => picture.step(0, -1),
    ArrowRight: () => picture.step(0, 1),
    ArrowUp: () => picture.step(-1, 0),
    ArrowDown: () => picture.step(1, 0),
    PageUp: () => picture.panBy(-kHeight * 0.9),
    PageDown: () => picture.panBy(kHeight * 0.9),
    Home: () => picture.goTo({ entry: 0, page: 0 }),
    End: () => picture.goTo({ entry: entries.length - 1, page: (entries.at(-1)?.runs.pages ?? 1) - 1 }),
    "+": () => picture.zoomBy(1),
    "=": () => picture.zoomBy(1),
    "-": () => picture.zoomBy(-1),
    "0": () => picture.fit(),
    n: () => bad(1),
    p: () => bad(-1),
  };
  const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
  act?.();
  return act !== undefined;
}

function Legend({ entries }: { entries: readonly MapEntry[] }) {
  const total = kLetters.map((_, state) => entries.reduce((sum, entry) => sum + (entry.runs.counts[state] ?? 0), 0));
  return (
    <ul class="legend" aria-label="Pages by state">
      {[...kLetters].reverse().map((letter) => {
        const count = total[kLetters.indexOf(letter)] ?? 0;
        return <li key={letter} class={count === 0 ? "faint" : ""}><span class={`swatch p-${letter}`}>{letter}</span> {countText(count)} {kStateNames[letter]}</li>;
      })}
    </ul>
  );
}

function Canvas({ map, entries }: { map: PageMap; entries: readonly MapEntry[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef<Picture | null>(null);
  const view = useSignal<View>({ zoom: 0, scroll: 0, cursor: null });
  const drag = useRef<{ y: number; moved: boolean } | null>(null);
  useEffect(() => {
    if (!canvas.current) return undefined;
    const made = new Picture(canvas.current, entries, view);
    picture.current = made;
    made.resize();
    made.fit();
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(canvas.current);
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      if (event.ctrlKey) made.zoomBy(event.deltaY < 0 ? 1 : -1, event.offsetY * devicePixelRatio);
      else made.panBy(event.deltaY * devicePixelRatio);
    };
    canvas.current.addEventListener("wheel", wheel, { passive: false });
    const place = canvas.current;
    return () => {
      observer.disconnect();
      place.removeEventListener("wheel", wheel);
    };
  }, [entries]);
  useEffect(() => picture.current?.draw(), [theme.value]);
  const { cursor, zoom } = view.value;
  const chosen = cursor ? entries[cursor.entry] : undefined;
  const bad = entries.some((entry) => entry.runs.counts.slice(0, kFirstGood).some((count) => count > 0));
  return (
    <>
      <p class="tools">
        <button type="button" onClick={() => picture.current?.zoomBy(1)} disabled={zoom >= kMostZoom}>Zoom in</button>
        <button type="button" onClick={() => picture.current?.zoomBy(-1)} disabled={zoom <= kLeastZoom}>Zoom out</button>
        <button type="button" onClick={() => picture.current?.fit()}>All</button>
        <button type="button" disabled={!bad} onClick={() => { const place = otherBad(entries, cursor, 1); if (place) picture.current?.goTo(place); }}>Next bad page</button>
        <span class="faint page-map-zoom">{zoom >= 0 ? `a cell of ${2 ** zoom} pixel${zoom > 0 ? "s" : ""} is a page` : `a dot is ${countText(2 ** -zoom)} pages, coloured by the worst`}</span>
      </p>
      <canvas
        ref={canvas}
        class="page-map"
        tabIndex={0}
        role="application"
        aria-label="Map of pages: arrows move, plus and minus zoom, n and p go to the next and previous bad page"
        onKeyDown={(event) => { if (picture.current && takeKey(event, picture.current, entries, view.value)) event.preventDefault(); }}
        onPointerDown={(event) => {
          drag.current = { y: event.clientY, moved: false };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (!drag.current || Math.abs(event.clientY - drag.current.y) < (drag.current.moved ? 1 : 4)) return;
          picture.current?.panBy((drag.current.y - event.clientY) * devicePixelRatio);
          drag.current = { y: event.clientY, moved: true };
        }}
        onPointerUp={(event) => {
          if (drag.current && !drag.current.moved) picture.current?.pick(event.offsetX, event.offsetY);
          drag.current = null;
        }}
      />
      {cursor && chosen ? (
        <PageDetails entry={chosen} page={cursor.page} bad={map.bad.find((one) => one.entry === chosen.index && one.page === cursor.page)} />
      ) : (
        <p class="faint">A click, or the arrow keys, tell of a page. Drag or wheel moves, Ctrl and wheel zooms.</p>
      )}
      <BadPages map={map} entries={entries} onGo={(place) => picture.current?.goTo(place)} />
    </>
  );
}

function BadPages({ map, entries, onGo }: { map: PageMap; entries: readonly MapEntry[]; onGo: (place: PagePlace) => void }) {
  const here = map.bad.flatMap((bad) => {
    const entry = entries.findIndex((one) => one.index === bad.entry);
    return entry < 0 ? [] : [{ bad, entry }];
  });
  if (here.length === 0) return null;
  return (
    <details>
      <summary>Bad pages: {countText(here.length + map.bad_left_out)}, one by one</summary>
      <Table label="Bad pages" head={["Memfd", "Page", "State", "Seems"]}>
        {here.slice(0, kListedPages).map(({ bad, entry }) => (
          <tr key={`${bad.entry} ${bad.page}`}>
            <td>{entries[entry]?.memfd.memfd}</td>
            <td class="number"><button type="button" class="link" onClick={() => onGo({ entry, page: bad.page })}>{bad.page}</button></td>
            <td>{bad.state} {kStateNames[bad.state]}</td>
            <td>{bad.seems}</td>
          </tr>
        ))}
      </Table>
      {here.length + map.bad_left_out > kListedPages && <p class="faint">The first {kListedPages}; the map above has the states of all.</p>}
    </details>
  );
}

/** The map of one attempt: a hop and a look at a time. */
export function PageMapView({ map }: { map: PageMap }) {
  const looks = useMemo(() => [...new Set(map.memfds.map((memfd) => `${memfd.hop} ${memfd.look}`))].map((key) => {
    const [hop = 0, look = 0] = key.split(" ").map(Number);
    return { key, hop, look };
  }), [map]);
  const isBad = (key: string): boolean => map.bad.some((bad) => `${map.memfds[bad.entry]?.hop} ${map.memfds[bad.entry]?.look}` === key);
  const chosen = useSignal(looks.find(({ key }) => isBad(key))?.key ?? looks[0]?.key ?? "");
  const now = looks.find(({ key }) => key === chosen.value);
  const entries = useMemo(() => (now ? entriesOf(map, now.hop, now.look) : []), [map, chosen.value]);
  if (looks.length === 0) return <p class="faint">No page was looked at.</p>;
  const several = looks.some(({ look }) => look > 0);
  return (
    <>
      {looks.length > 1 && (
        <label class="inline">
          After{" "}
          <select value={chosen.value} onChange={(event) => (chosen.value = event.currentTarget.value)}>
            {looks.map(({ key, hop, look }) => <option key={key} value={key}>live update {hop + 1}{several ? `, look ${look + 1}` : ""}{isBad(key) ? " (bad pages)" : ""}</option>)}
          </select>
        </label>
      )}
      <Legend entries={entries} />
      <Canvas key={chosen.value} map={map} entries={entries} />
    </>
  );
}
