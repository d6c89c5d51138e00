// SPDX-License-Identifier: Apache-2.0
// What is sent to the controller, for a look (dry run) or for real.
import { request, Trouble } from "../api/client";
import type { DryRun } from "../pages/list-types";
import type { Mistake } from "./editor";

export interface Draft {
  text: string;
  /** Patches by file name. */
  patches: { name: string; text: string }[];
  repeat: string;
  title: string;
}

export type Looked = { jobs: string[]; mistakes: Mistake[] };

function formOf(draft: Draft): FormData {
  const form = new FormData();
  form.append("scenario", new Blob([draft.text], { type: "application/yaml" }), "scenario.yaml");
  for (const patch of draft.patches) form.append("series", new Blob([patch.text], { type: "text/plain" }), patch.name);
  if (draft.repeat !== "") form.append("repeat", draft.repeat);
  if (draft.title !== "") form.append("title", draft.title);
  return form;
}

interface BadScenario {
  detail?: string;
  errors?: { line: number; column: number; text: string; path: string; message: string }[];
}

function mistakesOf(trouble: Trouble): Mistake[] {
  const { errors, detail } = trouble.problem as BadScenario;
  if (!errors) return [{ line: 0, column: 0, message: detail ?? trouble.message }];
  return errors.map((error) => ({ line: error.line, column: error.column, message: error.path === "" ? error.message : `${error.path}: ${error.message}` }));
}

/** The jobs that it would be, or what is wrong. Throws Trouble where the controller can't say. */
export async function look(draft: Draft, abort: AbortSignal): Promise<Looked> {
  const form = formOf(draft);
  form.append("dry_run", "true");
  try {
    const response = await request("/runs", { method: "POST", body: form, signal: abort });
    return { jobs: ((await response.json()) as DryRun).titles, mistakes: [] };
  } catch (error) {
    if (!(error instanceof Trouble) || ![400, 415, 422].includes(error.status)) throw error;
    return { jobs: [], mistakes: mistakesOf(error) };
  }
}

/** The run's number. Sent again with the same key it makes no second run. */
export async function submit(draft: Draft, key: string): Promise<string> {
  const response = await request("/runs", { method: "POST", body: formOf(draft), headers: { "Idempotency-Key": key } });
  return ((await response.json()) as { run: string }).run;
}
