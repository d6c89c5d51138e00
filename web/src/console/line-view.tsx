// SPDX-License-Identifier: Apache-2.0
// Blocks of lines; a block is drawn again only when something about it is another.
import { Component } from "preact";

import { piecesOf, type Line } from "./lines";
import type { Block } from "./window";

/** As the style has it: blocks out of sight are as high as they will be in sight. */
const kLineEms = 1.35;

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

export interface BlockProps {
  block: Block;
  /** In lower case. */
  wanted: string;
  /** Where the line begins that a search has come to; null: it is not in this block. */
  here: number | null;
  isCrash: (line: Line) => boolean;
}

export class BlockView extends Component<BlockProps> {
  override shouldComponentUpdate(next: BlockProps): boolean {
    const { block, wanted, here, isCrash } = this.props;
    return next.block !== block || next.wanted !== wanted || next.here !== here || next.isCrash !== isCrash;
  }

  override render({ block, wanted, here, isCrash }: BlockProps) {
    return (
      <div class="block" style={{ containIntrinsicHeight: `auto ${block.lines.length * kLineEms}em` }}>
        {block.lines.map((line) => (
          <div key={line.offset} class={`line${isCrash(line) ? " crash" : ""}${line.offset === here ? " here" : ""}`} data-offset={line.offset}>
            {piecesOf(line.text).map((piece, index) => (piece.look === "" ? marked(piece.text, wanted) : <span key={index} class={piece.look}>{marked(piece.text, wanted)}</span>))}
          </div>
        ))}
      </div>
    );
  }
}
