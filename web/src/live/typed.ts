// SPDX-License-Identifier: Apache-2.0
// What follows from something that is being typed: asked for a moment after the last change.
import { signal, type Signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

import { Trouble } from "../api/client";
import type { Shown } from "./live";

/** `ask` gives null where there is nothing to ask; then nothing is shown. An answer stays in sight
 * until the next one, or while that one fails. */
export function useTyped<I, T>(typed: I, pauseMs: number, ask: (typed: I, abort: AbortSignal) => Promise<T> | null): Signal<Shown<T>> {
  const [shown] = useState(() => signal<Shown<T>>({ value: null, trouble: null }));
  useEffect(() => {
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      try {
        shown.value = { value: await ask(typed, abort.signal), trouble: null };
      } catch (error) {
        if (error instanceof Trouble) shown.value = { ...shown.value, trouble: error };
      }
    };
    const timer = setTimeout(() => void load(), pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [typed]);
  return shown;
}
