// SPDX-License-Identifier: Apache-2.0
// Where in a YAML document the cursor is: in block style by indentation, since the parser's tree has
// nothing yet where a key is being written; in flow style from the tree.
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";

import type { Step } from "./schema-walk";

export interface Place {
  /** Keys and list places that lead there. */
  path: Step[];
  /** Keys that the mapping there has already. */
  present: Set<string>;
}

interface Level {
  indent: number;
  step: Step;
  keys: Set<string>;
}

/** What lies open above a line, from the outside in. */
class Levels {
  private open: Level[] = [];
  private top = new Set<string>();

  /** Takes what a line opens; gives the column at which its key or value begins. */
  private takeItems(text: string): number {
    let column = /^ */.exec(text)?.[0].length ?? 0;
    for (let rest = text.slice(column); /^- /.test(rest) || rest === "-"; rest = text.slice(column)) {
      this.closeItem(column);
      this.open.push({ indent: column, step: 0, keys: new Set() });
      column += /^- +/.exec(rest)?.[0].length ?? 1;
    }
    return column;
  }

  /** A list may stand at the column of the key that it belongs to. */
  private closeItem(column: number): void {
    while (this.open.some((level, at) => at === this.open.length - 1 && (level.indent > column || (level.indent === column && level.step === 0)))) this.open.pop();
  }

  private closeFrom(column: number): void {
    while ((this.open.at(-1)?.indent ?? -1) >= column) this.open.pop();
  }

  takeLine(text: string): void {
    if (/^\s*(#|$)/.test(text)) return;
    const column = this.takeItems(text);
    const key = /^([\w-]+):/.exec(text.slice(column))?.[1];
    if (key === undefined) return;
    this.closeFrom(column);
    (this.open.at(-1)?.keys ?? this.top).add(key);
    this.open.push({ indent: column, step: key, keys: new Set() });
  }

  /** The place of a key that begins on this line, or of the value after its key. */
  placeOn(text: string): Place {
    const column = this.takeItems(text);
    this.closeFrom(column);
    const present = new Set(this.open.at(-1)?.keys ?? this.top);
    const key = /^([\w-]+): /.exec(text.slice(column))?.[1];
    const path = this.open.map((level) => level.step);
    return { path: key === undefined ? path : [...path, key], present };
  }
}

export function placeInBlocks(state: EditorState, position: number): Place {
  const levels = new Levels();
  const last = state.doc.lineAt(position);
  for (let number = 1; number < last.number; number += 1) levels.takeLine(state.doc.line(number).text);
  return levels.placeOn(state.sliceDoc(last.from, position));
}

function keyOf(state: EditorState, pair: SyntaxNode): string {
  const key = pair.getChild("Key");
  return key ? state.sliceDoc(key.from, key.to).replace(/^["']|["']$/g, "") : "";
}

/** Of a flow mapping around the cursor, `{base: linux-7.3, |}`; nothing where there is none. */
export function placeInFlow(state: EditorState, position: number): Place | null {
  let mapping: SyntaxNode | null = syntaxTree(state).resolveInner(position, -1);
  while (mapping && mapping.name !== "FlowMapping") mapping = mapping.name === "FlowSequence" ? null : mapping.parent;
  if (!mapping) return null;
  const present = new Set(mapping.getChildren("Pair").map((pair) => keyOf(state, pair)));
  const path: Step[] = [];
  for (let up: SyntaxNode | null = mapping.parent; up; up = up.parent) {
    if (up.name === "Pair") path.unshift(keyOf(state, up));
    if (up.name === "Item" || up.name === "FlowSequence") path.unshift(0);
  }
  const value = /([\w-]+): [^,{}]*$/.exec(state.sliceDoc(mapping.from + 1, position));
  return { path: value?.[1] === undefined ? path : [...path, value[1]], present };
}
