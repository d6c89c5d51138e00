// SPDX-License-Identifier: Apache-2.0
// A console's bytes as lines that know where they begin.
import Anser from "anser";

export interface Line {
  /** Of its first byte, in the console. */
  offset: number;
  text: string;
}

export interface Piece {
  text: string;
  /** Class names of colours and weights; never a style. */
  look: string;
}

const kControls = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;
const kOtherSequences = /\u001b(?!\[[\d;]*m)(\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)?|[@-Z\\-_]?)/g;

/** Cuts bytes that come in pieces; a line that is not ended yet waits. */
export class LineCutter {
  private rest = new Uint8Array(0);
  private readonly decoder = new TextDecoder();

  constructor(private offset: number) {}

  take(bytes: Uint8Array): Line[] {
    const all = new Uint8Array(this.rest.length + bytes.length);
    all.set(this.rest);
    all.set(bytes, this.rest.length);
    const lines: Line[] = [];
    let begin = 0;
    for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, begin)) {
      lines.push({ offset: this.offset + begin, text: this.decoder.decode(all.subarray(begin, end)) });
      begin = end + 1;
    }
    this.rest = all.slice(begin);
    this.offset += begin;
    return lines;
  }

  /** What was said after the last line's end. */
  last(): Line[] {
    return this.rest.length === 0 ? [] : [{ offset: this.offset, text: this.decoder.decode(this.rest) }];
  }
}

/** A line in its colours; every other control sequence is left out. */
export function piecesOf(text: string): Piece[] {
  const clean = text.replace(kOtherSequences, "").replace(kControls, "");
  if (!clean.includes("\u001b")) return [{ text: clean, look: "" }];
  return Anser.ansiToJson(clean, { use_classes: true, remove_empty: true }).map((piece) => ({
    text: piece.content,
    look: [piece.fg, piece.bg && `${piece.bg}-bg`, ...(piece.decorations ?? []).map((decoration) => `ansi-${decoration}`)].filter(Boolean).join(" "),
  }));
}
