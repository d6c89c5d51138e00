// SPDX-License-Identifier: Apache-2.0
// What may be written at the cursor, from the schema of scenarios.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

import { keysAt, valuesAt, type Schema, type Word } from "./schema-walk";
import { placeInBlocks, placeInFlow } from "./yaml-place";

const asOption = (type: string, after: string) => (word: Word): Completion => ({ label: word.text, apply: word.text + after, type, info: word.detail });

export function completeFrom(schema: Schema) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w./-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const { path, present } = placeInFlow(context.state, context.pos) ?? placeInBlocks(context.state, context.pos);
    const options = [...valuesAt(schema, path).map(asOption("constant", "")), ...keysAt(schema, path, present).map(asOption("property", ": "))];
    return options.length === 0 ? null : { from: word.from, options };
  };
}
