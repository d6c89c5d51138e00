// SPDX-License-Identifier: Apache-2.0
// The one connection that tells what changes, and the store of what pages have asked for. Every
// event is taken once: the stream goes on after the last one seen, whatever happened in between.
import { signal, type Signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

import { checkEdition } from "../api/edition";
import { get, request, token, Trouble, type Schemas } from "../api/client";
import { readEvents } from "./event-stream";

type Event = Schemas["EventResource"];

export const connection = signal<"connecting" | "live" | "lost">("connecting");
export const lastEvent = signal(0);

const kAgainMs = 1000;
const kGatherMs = 150;

/** What a page shows of one address of the API. */
export interface Shown<T> {
  value: T | null;
  trouble: Trouble | null;
}

interface Watched {
  concerns: (event: Event) => boolean;
  refresh: () => void;
}

const watched = new Set<Watched>();

function take(event: Event): void {
  if (event.seq <= lastEvent.value) return;
  lastEvent.value = event.seq;
  for (const entry of watched) if (entry.concerns(event)) entry.refresh();
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function followOnce(abort: AbortSignal): Promise<void> {
  if (lastEvent.value === 0) {
    const status = await get<{ newest_event: number }>("/status", abort);
    lastEvent.value = status.newest_event;
  }
  const headers = { Accept: "text/event-stream", "Last-Event-ID": String(lastEvent.value) };
  const again = connection.value === "lost";
  const response = await request("/events", { headers, signal: abort });
  connection.value = "live";
  if (again) checkEdition(abort).catch(() => {});
  // What was asked for before the stream began may be older than its first event.
  for (const entry of watched) entry.refresh();
  if (response.body) await readEvents(response.body, (event) => take(JSON.parse(event.data) as Event));
}

/** Follows until `abort`; a lost controller is tried again every second. */
export async function follow(abort: AbortSignal): Promise<void> {
  while (!abort.aborted) {
    try {
      await followOnce(abort);
    } catch (error) {
      if (error instanceof Trouble && error.status === 401) return;
    }
    if (abort.aborted) return;
    connection.value = "lost";
    await pause(kAgainMs);
  }
}

/** Calls `refresh` for every event that concerns somebody, and after the stream was away, until what
 * is returned is called. */
export function watch(concerns: (event: Event) => boolean, refresh: () => void): () => void {
  const entry: Watched = { concerns, refresh };
  watched.add(entry);
  return () => watched.delete(entry);
}

/** Content of an address, asked for again when an event concerns it; `everyMs` also from time to time
 * while somebody looks, for what changes without an event. Events within `gatherMs` are one. */
export function useLive<T>(path: string, concerns: (event: Event) => boolean, everyMs = 0, gatherMs: number = kGatherMs): Signal<Shown<T>> {
  const [shown] = useState(() => signal<Shown<T>>({ value: null, trouble: null }));
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let busy = false;
    let again = false;
    const load = async (): Promise<void> => {
      timer = undefined;
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      try {
        shown.value = { value: await get<T>(path, abort.signal), trouble: null };
      } catch (error) {
        if (!abort.signal.aborted && error instanceof Trouble) shown.value = { value: shown.value.value, trouble: error };
      }
      busy = false;
      if (again && !abort.signal.aborted) {
        again = false;
        refresh();
      }
    };
    const refresh = (): void => {
      timer ??= setTimeout(() => void load(), gatherMs);
    };
    const entry: Watched = { concerns, refresh };
    shown.value = { value: null, trouble: null };
    watched.add(entry);
    void load();
    const clock = everyMs > 0 ? setInterval(() => document.visibilityState === "visible" && refresh(), everyMs) : undefined;
    return () => {
      watched.delete(entry);
      clearInterval(clock);
      clearTimeout(timer);
      abort.abort();
    };
  }, [path, token.value]);
  return shown;
}
