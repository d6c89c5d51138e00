// SPDX-License-Identifier: Apache-2.0
// What of a page map is in sight, and all that changes it; drawn once a frame at most.
import type { Signal } from "@preact/signals";

import { countText, sizeText } from "../parts/quantity";
import { kLeastZoom, kMostZoom, Layout, zoomThatFits, type Block, type PagePlace } from "./layout";
import { kFirstGood, type MapEntry } from "./map";
import { paint, paletteOf } from "./paint";

export const kHeight = 440;

function labelOf({ entry }: Block): string {
  const bad = entry.runs.counts.slice(0, kFirstGood).reduce((sum, count) => sum + count, 0);
  return `${entry.memfd.memfd}  ${sizeText(entry.memfd.size_bytes)}, ${countText(entry.runs.pages)} pages${bad > 0 ? `, ${countText(bad)} BAD` : ""}`;
}

export interface View {
  zoom: number;
  scroll: number;
  cursor: PagePlace | null;
}

/** The picture's state and all that changes it. */
export class Picture {
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
