// SPDX-License-Identifier: Apache-2.0
// The YAML editor. It lives in a shadow root, where its styles need no <style> element, which the
// Content-Security-Policy forbids.
import { autocompletion } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";

import scenarioSchema from "./scenario-schema.json";
import { completeFrom } from "./completion";
import type { Schema } from "./schema-walk";

/** Something wrong at a place of the document; line 0: of no place. */
export interface Mistake {
  line: number;
  column: number;
  message: string;
}

export interface Editor {
  setMistakes: (mistakes: readonly Mistake[]) => void;
  setText: (text: string) => void;
  goTo: (line: number, column: number) => void;
  close: () => void;
}

// Colours are those of the page: custom properties reach into a shadow root.
const kLook = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--raised)", fontSize: "14px", border: "1px solid var(--line)", height: "28rem" },
  ".cm-scroller": { fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace' },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--faint)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused": { outline: "2px solid var(--link)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--line)" },
  // The lint's own signs are images with data: addresses, which the policy forbids.
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--bad)" },
  ".cm-lint-marker-error": { content: "normal", background: "var(--bad)", borderRadius: "50%" },
  ".cm-tooltip": { backgroundColor: "var(--ground)", color: "var(--text)", border: "1px solid var(--faint)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--line)", color: "var(--text)" },
});

const kColours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--link)" },
  { tag: [tags.string, tags.content], color: "var(--text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--faint)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--faint)" },
]);

function placed(state: EditorState, mistake: Mistake): Diagnostic {
  const line = state.doc.line(Math.min(Math.max(1, mistake.line), state.doc.lines));
  const from = Math.min(line.from + Math.max(0, mistake.column - 1), line.to);
  return { from, to: line.to, severity: "error", message: mistake.message };
}

/** `label` is what a screen reader says of it; `onText` gets every change, `onSubmit` Ctrl-Enter. */
export function openEditor(place: HTMLElement, label: string, text: string, onText: (text: string) => void, onSubmit: () => void): Editor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const submit = (): boolean => {
    onSubmit();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: submit }])),
        basicSetup,
        yaml(),
        syntaxHighlighting(kColours),
        autocompletion({ override: [completeFrom(scenarioSchema as Schema)] }),
        lintGutter(),
        kLook,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onText(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setMistakes: (mistakes) => view.dispatch(setDiagnostics(view.state, mistakes.map((mistake) => placed(view.state, mistake)))),
    setText: (wanted) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } }),
    goTo: (line, column) => {
      const there = placed(view.state, { line, column, message: "" }).from;
      view.dispatch({ selection: { anchor: there }, scrollIntoView: true });
      view.focus();
    },
    close: () => view.destroy(),
  };
}
