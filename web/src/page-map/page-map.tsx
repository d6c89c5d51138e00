// SPDX-License-Identifier: Apache-2.0
// Every preserved page as a cell: drag or arrows to move, wheel with Ctrl or + and - to zoom, n and p
// from bad page to bad page.
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { sizeText } from "../parts/quantity";
import { Table } from "../parts/small";
import { theme } from "../parts/theme";
import { kLeastZoom, kMostZoom, Layout, zoomThatFits, type Block, type PagePlace } from "./layout";
import { entriesOf, kFirstGood, kLetters, kStateNames, type MapEntry, type PageMap } from "./map";
import { PageDetails } from "./page-details";
import { paint, paletteOf } from "./paint";

const kHeight = 440;
const kListedPages = 200;

const countText = (count: number): string => count.toLocaleString("en").replaceAll(",", " ");

function labelOf({ entry }: Block): string {
  const bad = entry.runs.counts.slice(0, kFirstGood).reduce((sum, count) => sum + count, 0);
  return `${entry.memfd.memfd}  ${sizeText(entry.memfd.size_bytes)}, ${countText(entry.runs.pages)} pages${bad > 0 ? `, ${countText(bad)} BAD` : ""}`;
}

interface View {
  zoom: number;
  scroll: number;
  cursor: PagePlace | null;
}

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

/** The picture's state and all that changes it. */
class Picture {
  private layout: Layout | null = null;
  private pending = false;
  private isOpen = false;
  private image: ImageData | null = null;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly entries: readonly MapEntry[],
    private readonly view: Signal<View>,
  ) {}

  private get scale(): number {
    return devicePixelRatio;
  }
  private get label(): number {
    return Math.round(22 * this.scale);
  }

  /** For the letters of small cells. */
  private get gutter(): number {
    return Math.round(16 * this.scale);
  }
  private get cellsWidth(): number {
    return Math.max(1, this.canvas.width - this.gutter);
  }

  resize(): void {
    this.canvas.width = Math.max(1, Math.round(this.canvas.clientWidth * this.scale));
    this.canvas.height = Math.round(kHeight * this.scale);
    this.image = null;
    this.layout = null;
    this.draw();
  }

  fit(): void {
    this.change({ zoom: zoomThatFits(this.entries, this.cellsWidth, this.canvas.height, this.label), scroll: 0 });
  }

  change(to: Partial<View>): void {
    const zoomed = to.zoom !== undefined && to.zoom !== this.view.value.zoom;
    const next = { ...this.view.value, ...to };
    next.zoom = Math.min(kMostZoom, Math.max(kLeastZoom, next.zoom));
    if (zoomed) this.layout = null;
    const layout = this.layoutAt(next.zoom);
    next.scroll = Math.round(Math.max(0, Math.min(layout.height - this.canvas.height, next.scroll)));
    this.view.value = next;
    this.draw();
  }

  private layoutAt(zoom: number): Layout {
    this.layout ??= new Layout(this.entries, this.cellsWidth, zoom, this.label);
    return this.layout;
  }

  /** Zooms so that what is under the cursor, or in the middle, stays there. */
  zoomBy(steps: number, y = this.canvas.height / 2): void {
    const { zoom, scroll, cursor } = this.view.value;
    const held = cursor ?? this.layoutAt(zoom).pageAt(0, scroll + y);
    const before = held ? this.layoutAt(zoom).placeOf(held).y - scroll : y;
    this.layout = null;
    const wanted = Math.min(kMostZoom, Math.max(kLeastZoom, zoom + steps));
    const after = held ? this.layoutAt(wanted).placeOf(held).y : scroll;
    this.layout = null;
    this.change({ zoom: wanted, scroll: after - before });
  }

  panBy(pixels: number): void {
    this.change({ scroll: this.view.value.scroll + pixels });
  }

  pick(x: number, y: number): void {
    const { zoom, scroll } = this.view.value;
    const place = this.layoutAt(zoom).pageAt(x * this.scale, y * this.scale + scroll);
    if (place) this.change({ cursor: place });
  }

  /** Moves there, and to where it can be seen. */
  goTo(place: PagePlace): void {
    const { zoom, scroll } = this.view.value;
    const { y } = this.layoutAt(zoom).placeOf(place);
    const outside = y < scroll + this.label || y > scroll + this.canvas.height - 2 * this.label;
    this.change({ cursor: place, scroll: outside ? y - this.canvas.height / 2 : scroll });
  }

  step(rows: number, columns: number): void {
    const layout = this.layoutAt(this.view.value.zoom);
    const cursor = this.view.value.cursor ?? { entry: 0, page: 0 };
    const pages = this.entries[cursor.entry]?.runs.pages ?? 1;
    const page = cursor.page + (rows * layout.columns + columns) * layout.span;
    if (page >= 0 && page < pages) return this.goTo({ entry: cursor.entry, page });
    const entry = cursor.entry + Math.sign(page);
    const other = this.entries[entry]?.runs.pages;
    if (other !== undefined) this.goTo({ entry, page: page < 0 ? other - 1 : 0 });
  }

  draw(): void {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.drawNow();
    });
  }

  private drawNow(): void {
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context || this.canvas.width === 0) return;
    const began = performance.now();
    this.image ??= context.createImageData(this.canvas.width, this.canvas.height);
    const { zoom, scroll, cursor } = this.view.value;
    paint(context, this.image, { layout: this.layoutAt(zoom), scroll, cursor, label: labelOf, scale: this.scale, gutter: this.gutter }, paletteOf(this.canvas));
    const end = performance.now();
    performance.measure("page-map.draw", { start: began, end });
    if (!this.isOpen && performance.getEntriesByName("page-map.read").length > 0) performance.measure("page-map.open", { start: "page-map.read", end });
    this.isOpen = true;
  }
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
