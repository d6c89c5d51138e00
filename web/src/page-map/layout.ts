// SPDX-License-Identifier: Apache-2.0
// Where cells lie: memfds below each other, each under its label, pages row by row. In device pixels.
import type { MapEntry } from "./map";

export const kLeastZoom = -16;
export const kMostZoom = 5;

/** Zoom 0 to 5: a page is a square of 1 to 32 pixels. Below 0: a pixel stands for 2, 4, ... pages. */
export interface Cells {
  size: number;
  span: number;
}

export const cellsAt = (zoom: number): Cells => (zoom >= 0 ? { size: 2 ** zoom, span: 1 } : { size: 1, span: 2 ** -zoom });

export interface Block {
  entry: MapEntry;
  /** Of its label; the cells begin `labelHeight` below. */
  top: number;
  cells: number;
  rows: number;
  bottom: number;
}

export interface PagePlace {
  entry: number;
  page: number;
}

export class Layout {
  readonly blocks: Block[] = [];
  readonly columns: number;
  readonly height: number;
  readonly size: number;
  readonly span: number;

  constructor(
    readonly entries: readonly MapEntry[],
    readonly width: number,
    zoom: number,
    readonly labelHeight: number,
  ) {
    const { size, span } = cellsAt(zoom);
    this.size = size;
    this.span = span;
    this.columns = Math.max(1, Math.floor(width / size));
    let top = 0;
    for (const entry of entries) {
      const cells = Math.ceil(entry.runs.pages / span);
      const rows = Math.ceil(cells / this.columns);
      const bottom = top + labelHeight + rows * size + 6;
      this.blocks.push({ entry, top, cells, rows, bottom });
      top = bottom;
    }
    this.height = top;
  }

  /** Those that are in sight, of thousands. */
  visible(from: number, to: number): Block[] {
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.blocks[middle]?.bottom ?? 0) <= from) low = middle + 1;
      else high = middle;
    }
    const shown: Block[] = [];
    for (let at = low; at < this.blocks.length; at += 1) {
      const block = this.blocks[at];
      if (!block || block.top >= to) break;
      shown.push(block);
    }
    return shown;
  }

  pageAt(x: number, y: number): PagePlace | null {
    const block = this.visible(y, y + 1)[0];
    if (!block) return null;
    const row = Math.floor((y - block.top - this.labelHeight) / this.size);
    const column = Math.floor(x / this.size);
    const page = (row * this.columns + column) * this.span;
    if (row < 0 || column >= this.columns || page >= block.entry.runs.pages) return null;
    return { entry: this.blocks.indexOf(block), page };
  }

  placeOf({ entry, page }: PagePlace): { x: number; y: number } {
    const block = this.blocks[entry];
    const cell = Math.floor(page / this.span);
    return { x: (cell % this.columns) * this.size, y: (block?.top ?? 0) + this.labelHeight + Math.floor(cell / this.columns) * this.size };
  }
}

/** The largest zoom at which all is in sight, or the smallest there is. */
export function zoomThatFits(entries: readonly MapEntry[], width: number, height: number, labelHeight: number): number {
  for (let zoom = kMostZoom - 1; zoom > kLeastZoom; zoom -= 1) {
    if (new Layout(entries, width, zoom, labelHeight).height <= height) return zoom;
  }
  return kLeastZoom;
}
