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

/** A line that does not end is cut here, so that no console can make one of millions of characters. */
const kLongestLine = 8192;

const kControls = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;
const kOtherSequences = /\u001b(?!\[[\d;]*m)(\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)?|[@-Z\\-_]?)/g;
const kColours = /\u001b\[[\d;]*m/g;

/** Cuts bytes that come in pieces; a line that is not ended yet waits. */
export class LineCutter {
  private rest = new Uint8Array(0);
  private readonly decoder = new TextDecoder();

  constructor(private offset: number) {}

  /** Where the line begins that waits. */
  get waiting(): number {
    return this.offset;
  }

  take(bytes: Uint8Array): Line[] {
    const all = new Uint8Array(this.rest.length + bytes.length);
    all.set(this.rest);
    all.set(bytes, this.rest.length);
    const lines: Line[] = [];
    let begin = 0;
    for (;;) {
      const end = all.indexOf(10, begin);
      const isLong = (end < 0 ? all.length : end) - begin > kLongestLine;
      if (end < 0 && !isLong) break;
      const stop = isLong ? begin + kLongestLine : end;
      lines.push({ offset: this.offset + begin, text: this.decoder.decode(all.subarray(begin, stop)) });
      begin = isLong ? stop : stop + 1;
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

const withoutSequences = (text: string): string => text.replace(kOtherSequences, "").replace(kControls, "");

/** A line in its colours; every other control sequence is left out. */
export function piecesOf(text: string): Piece[] {
  const clean = withoutSequences(text);
  if (!clean.includes("\u001b")) return [{ text: clean, look: "" }];
  return Anser.ansiToJson(clean, { use_classes: true, remove_empty: true }).map((piece) => ({
    text: piece.content,
    look: [piece.fg, piece.bg && `${piece.bg}-bg`, ...(piece.decorations ?? []).map((decoration) => `ansi-${decoration}`)].filter(Boolean).join(" "),
  }));
}

/** Whether what is shown of a line has the words; `wanted` in lower case. */
export function hasWords(line: Line, wanted: string): boolean {
  const text = line.text.includes("\u001b") ? withoutSequences(line.text).replace(kColours, "") : line.text;
  return text.toLowerCase().includes(wanted);
}
