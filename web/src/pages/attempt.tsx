// SPDX-License-Identifier: Apache-2.0
// An attempt is shown on the page of its job.
import { useEffect } from "preact/hooks";

import { useLive } from "../live/live";
import { Asked } from "../parts/small";
import { go } from "../router";
import type { Attempt } from "./list-types";

function There({ attempt }: { attempt: Attempt }) {
  useEffect(() => go(`/jobs/${attempt.job}?try=${attempt.id}`, true), []);
  return null;
}

export function AttemptPage({ id }: { id: string }) {
  const detail = useLive<{ attempt: Attempt }>(`/attempts/${encodeURIComponent(id)}`, () => false);
  return <Asked of={detail}>{({ attempt }) => <There attempt={attempt} />}</Asked>;
}
