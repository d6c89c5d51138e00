// SPDX-License-Identifier: Apache-2.0
// The one module that talks to the controller. The token lives in session storage and goes into the
// Authorization header, never into an address.
import { signal } from "@preact/signals";

import type { components } from "./schema";

export type Schemas = components["schemas"];

/** A page of a list; `next`: the cursor of the one after it, where there is one. */
export interface PageOf<T> {
  items: T[];
  next: string | null;
}

const kToken = "luolab.token";

/** Empty: requests go without one. */
export const token = signal(sessionStorage.getItem(kToken) ?? "");
/** Why the controller wants a token (another one); empty: it does not. */
export const refused = signal("");

export function useToken(secret: string): void {
  if (secret === "") sessionStorage.removeItem(kToken);
  else sessionStorage.setItem(kToken, secret);
  refused.value = "";
  token.value = secret;
}

/** What the controller said no to, or that it can't be reached (status 0). */
export class Trouble extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The problem document (RFC 9457), with whatever members it has. */
    readonly problem: object = {},
  ) {
    super(message);
  }
}

async function troubleOf(response: Response): Promise<Trouble> {
  try {
    const problem = (await response.json()) as Schemas["Problem"];
    return new Trouble(response.status, problem.detail ?? problem.title, problem);
  } catch {
    return new Trouble(response.status, `the controller answered with status ${response.status}`);
  }
}

/** Throws Trouble for whatever is not a success; an abort goes through as it is. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token.value !== "") headers.set("Authorization", `Bearer ${token.value}`);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Trouble(0, "the controller can't be reached");
  }
  if (response.ok) return response;
  const trouble = await troubleOf(response);
  if (response.status === 401) refused.value = trouble.message;
  throw trouble;
}

export async function get<T>(path: string, abort?: AbortSignal): Promise<T> {
  const response = await request(path, abort ? { signal: abort } : {});
  return (await response.json()) as T;
}

/** The page that a browser begins with, as the controller has it now. */
export async function firstPage(abort: AbortSignal): Promise<string> {
  const response = await fetch("/", { cache: "no-cache", signal: abort });
  return response.ok ? response.text() : "";
}
