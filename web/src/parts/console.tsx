// SPDX-License-Identifier: Apache-2.0
// The console of an attempt, followed while it runs. It is shown as text and never as markup;
// control sequences are left out.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { request, Trouble } from "../api/client";

/** More than this is the end of it only. */
const kMost = 256 * 1024;
const kControls = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[@-Z\\-_]|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;

async function readText(response: Response, take: (piece: string) => void): Promise<void> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) return;
    take(decoder.decode(piece.value, { stream: true }));
  }
}

export function Console({ attempt, ended }: { attempt: string; ended: boolean }) {
  const text = useSignal("");
  const trouble = useSignal("");
  useEffect(() => {
    const abort = new AbortController();
    let raw = "";
    const load = async (): Promise<void> => {
      try {
        const response = await request(`/attempts/${attempt}/console${ended ? "" : "?follow"}`, { signal: abort.signal });
        await readText(response, (piece) => {
          raw = (raw + piece).slice(-kMost);
          text.value = raw.replace(kControls, "");
        });
      } catch (error) {
        if (error instanceof Trouble) trouble.value = error.message;
      }
    };
    text.value = "";
    trouble.value = "";
    void load();
    return () => abort.abort();
  }, [attempt, ended]);
  return (
    <section aria-labelledby="console">
      <h2 id="console">Console</h2>
      {trouble.value !== "" && <p class="trouble">{trouble.value}</p>}
      <pre class="console" tabIndex={0} aria-label="Console output">{text.value || "Nothing was said."}</pre>
    </section>
  );
}
