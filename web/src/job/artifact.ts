// SPDX-License-Identifier: Apache-2.0
// Content of an artifact. It never changes, so it is asked for once.
import { signal, type Signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

import { request, Trouble } from "../api/client";
import type { Artifact, Report } from "../api/report";
import type { Shown } from "../live/live";

export const artifactOf = (report: Report, name: string): Artifact | undefined => report.artifacts?.find((artifact) => artifact.name === name);

export async function readArtifact(sha256: string, abort?: AbortSignal): Promise<string> {
  const response = await request(`/artifacts/${sha256}`, abort ? { signal: abort } : {});
  return response.text();
}

/** Empty digest: nothing is asked for. */
export function useArtifact<T>(sha256: string, read: (text: string) => T): Signal<Shown<T>> {
  const [shown] = useState(() => signal<Shown<T>>({ value: null, trouble: null }));
  useEffect(() => {
    if (sha256 === "") return undefined;
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      try {
        shown.value = { value: read(await readArtifact(sha256, abort.signal)), trouble: null };
      } catch (error) {
        if (error instanceof Trouble) shown.value = { value: null, trouble: error };
      }
    };
    void load();
    return () => abort.abort();
  }, [sha256]);
  return shown;
}
