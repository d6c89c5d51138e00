// SPDX-License-Identifier: Apache-2.0
// What a JSON schema says about one place of a document.

export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema | Schema[];
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  definitions?: Record<string, Schema>;
}

/** A key, or a place in a list. */
export type Step = string | number;

/** The schema itself and all that it may stand for. */
function meanings(schema: Schema, root: Schema, depth = 0): Schema[] {
  if (depth > 12) return [];
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const name = schema.$ref?.replace("#/definitions/", "");
  const target = name === undefined ? undefined : root.definitions?.[name];
  if (target) parts.push(target);
  return [schema, ...parts.flatMap((part) => meanings(part, root, depth + 1))];
}

function below(schema: Schema, step: Step): Schema[] {
  if (typeof step === "number") return Array.isArray(schema.items) ? schema.items : schema.items ? [schema.items] : [];
  const property = schema.properties?.[step];
  if (property) return [property];
  return typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [];
}

/** All that may be said about the place. */
export function schemasAt(root: Schema, path: readonly Step[]): Schema[] {
  let here = meanings(root, root);
  for (const step of path) here = here.flatMap((schema) => below(schema, step)).flatMap((schema) => meanings(schema, root));
  return here;
}

export interface Word {
  text: string;
  detail: string;
}

function unique(words: readonly Word[]): Word[] {
  return [...new Map(words.map((word) => [word.text, word])).values()];
}

/** Keys that may stand in the mapping at that place, those that are there left out. */
export function keysAt(root: Schema, path: readonly Step[], present: ReadonlySet<string>): Word[] {
  const words = schemasAt(root, path).flatMap((schema) => Object.entries(schema.properties ?? {}));
  return unique(words.filter(([key]) => !present.has(key)).map(([key, schema]) => ({ text: key, detail: descriptionOf(root, schema) })));
}

function descriptionOf(root: Schema, schema: Schema): string {
  return meanings(schema, root).find((one) => one.description !== undefined)?.description ?? "";
}

/** Values that the schema names for that place. */
export function valuesAt(root: Schema, path: readonly Step[]): Word[] {
  const words = schemasAt(root, path).flatMap((schema): Word[] => {
    const named = [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])];
    const truths = schema.type === "boolean" ? [true, false] : [];
    return [...named, ...truths].map((value) => ({ text: String(value), detail: schema.description ?? "" }));
  });
  return unique(words);
}
