// SPDX-License-Identifier: Apache-2.0
// Draws what is in sight of a layout, pixel by pixel; labels and letters are drawn as text on top.
import type { Block, Layout, PagePlace } from "./layout";
import { kFirstGood, kLetters } from "./map";

export interface Palette {
  /** Of each state, 0xAABBGGRR. */
  states: Uint32Array;
  /** The same for drawing. */
  texts: string[];
  ground: number;
  text: string;
  cursor: string;
}

/** "#1b222b" as 0xAABBGGRR. */
function packed(colour: string): number {
  const value = Number.parseInt(colour.trim().slice(1), 16);
  return (0xff000000 | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

/** From the page's tokens, so that both themes work. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  return {
    states: Uint32Array.from(kLetters, (letter) => packed(style.getPropertyValue(`--page-${letter.toLowerCase()}`))),
    texts: kLetters.map((letter) => style.getPropertyValue(`--page-${letter.toLowerCase()}`)),
    ground: packed(style.getPropertyValue("--raised")),
    text: style.getPropertyValue("--text"),
    cursor: style.getPropertyValue("--text"),
  };
}

/** Cells of 4 pixels and more have a mark of their state's own, so that colour is not the only sign. */
function isMarked(state: number, x: number, y: number, size: number): boolean {
  switch (kLetters[state]) {
    case "C":
      return x === y || x + y === size - 2;
    case "F":
      return x === y;
    case "L":
      return x > 0 && y > 0 && x < size - 2 && y < size - 2;
    case "S":
      return y === (size >> 1) - 1;
    case "X":
      return (x + y) % 2 === 0;
    case "T":
      return y > x;
    default:
      return false;
  }
}

function fillCell(pixels: Uint32Array, stride: number, height: number, left: number, top: number, size: number, state: number, palette: Palette): void {
  const colour = palette.states[state] ?? 0;
  const gap = size >= 4 ? 1 : 0;
  const marks = size >= 4 && size < 16;
  for (let y = Math.max(0, -top); y < size - gap && top + y < height; y += 1) {
    const row = (top + y) * stride + left;
    for (let x = 0; x < size - gap; x += 1) pixels[row + x] = marks && isMarked(state, x, y, size) ? palette.ground : colour;
  }
}

function paintBlock(block: Block, layout: Layout, scroll: number, pixels: Uint32Array, stride: number, height: number, palette: Palette): void {
  const top = block.top + layout.labelHeight - scroll;
  const firstRow = Math.max(0, Math.floor(-top / layout.size));
  const lastRow = Math.min(block.rows, Math.ceil((height - top) / layout.size));
  if (lastRow <= firstRow) return;
  const first = firstRow * layout.columns;
  const cells = new Uint8Array(Math.min(block.cells, lastRow * layout.columns) - first);
  block.entry.runs.fillCells(first * layout.span, layout.span, cells);
  for (let cell = 0; cell < cells.length; cell += 1) {
    const column = cell % layout.columns;
    const y = top + (firstRow + (cell - column) / layout.columns) * layout.size;
    if (layout.size === 1) pixels[y * stride + column] = palette.states[cells[cell] ?? 0] ?? 0;
    else fillCell(pixels, stride, height, column * layout.size, y, layout.size, cells[cell] ?? 0, palette);
  }
}

function writeLetters(context: CanvasRenderingContext2D, block: Block, layout: Layout, scroll: number, height: number): void {
  const top = block.top + layout.labelHeight - scroll;
  const firstRow = Math.max(0, Math.floor(-top / layout.size));
  const lastRow = Math.min(block.rows, Math.ceil((height - top) / layout.size));
  context.textAlign = "center";
  for (let row = firstRow; row < lastRow; row += 1) {
    for (let column = 0; column < layout.columns; column += 1) {
      const page = (row * layout.columns + column) * layout.span;
      if (page >= block.entry.runs.pages) break;
      const state = block.entry.runs.stateAt(page);
      if (state > kFirstGood) continue;
      context.fillText(kLetters[state] ?? "", (column + 0.5) * layout.size - 0.5, top + (row + 0.5) * layout.size);
    }
  }
  context.textAlign = "start";
}

/** Where cells are too small for marks: beside each stretch of rows the letter of its worst page, so that
 * a bad page among a million is neither overlooked nor told by its colour alone. */
function writeFlags(context: CanvasRenderingContext2D, block: Block, look: Look, height: number, palette: Palette): void {
  const { layout, scroll, scale } = look;
  const step = Math.max(1, Math.round((14 * scale) / layout.size));
  const top = block.top + layout.labelHeight - scroll;
  const firstStep = Math.max(0, Math.floor(-top / layout.size / step));
  const perRow = layout.columns * layout.span;
  context.textAlign = "center";
  for (let row = firstStep * step; row < block.rows && top + row * layout.size < height; row += step) {
    const end = Math.min(block.entry.runs.pages, (row + step) * perRow);
    const state = block.entry.runs.worstOf(row * perRow, end);
    if (state >= kFirstGood) continue;
    const x = layout.width + 1;
    const y = top + row * layout.size;
    context.fillStyle = palette.texts[state] ?? palette.text;
    context.fillRect(x, y, look.gutter - 2, Math.min(step, block.rows - row) * layout.size);
    context.fillStyle = "#000";
    context.fillText(kLetters[state] ?? "", x + look.gutter / 2 - 1, y + 7 * scale);
  }
  context.textAlign = "start";
}

export interface Look {
  /** Pixels at the right that no cell is in. */
  gutter: number;
  layout: Layout;
  scroll: number;
  cursor: PagePlace | null;
  label: (block: Block) => string;
  scale: number;
}

export function paint(context: CanvasRenderingContext2D, image: ImageData, look: Look, palette: Palette): void {
  const { layout, scroll } = look;
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(palette.ground);
  const blocks = layout.visible(scroll, scroll + image.height);
  for (const block of blocks) paintBlock(block, layout, scroll, pixels, image.width, image.height, palette);
  context.putImageData(image, 0, 0);
  context.textBaseline = "middle";
  context.font = `${12 * look.scale}px system-ui, sans-serif`;
  context.fillStyle = palette.text;
  for (const block of blocks) context.fillText(look.label(block), 2, block.top - scroll + layout.labelHeight / 2);
  if (layout.size < 4) {
    context.font = `bold ${11 * look.scale}px system-ui, sans-serif`;
    for (const block of blocks) writeFlags(context, block, look, image.height, palette);
  }
  if (layout.size >= 16) {
    context.font = `bold ${Math.floor(layout.size * 0.6)}px system-ui, sans-serif`;
    context.fillStyle = "#000";
    for (const block of blocks) writeLetters(context, block, layout, scroll, image.height);
  }
  if (!look.cursor) return;
  const { x, y } = layout.placeOf(look.cursor);
  const side = Math.max(layout.size, 7);
  context.strokeStyle = palette.cursor;
  context.lineWidth = 2;
  context.strokeRect(x - (side - layout.size) / 2, y - scroll - (side - layout.size) / 2, side, side);
}
