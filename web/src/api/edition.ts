// SPDX-License-Identifier: Apache-2.0
// Whether the controller hands out another edition of the dashboard than the one on the screen, as
// after an upgrade. The names of scripts change with their content.
import { signal } from "@preact/signals";

import { firstPage } from "./client";

export const outdated = signal(false);

const scriptIn = (page: Document): string => page.querySelector("script[type=module]")?.getAttribute("src") ?? "";

/** Asked whenever the controller was away; what can't be asked is not known to be old. */
export async function checkEdition(abort: AbortSignal): Promise<void> {
  const served = scriptIn(new DOMParser().parseFromString(await firstPage(abort), "text/html"));
  if (served !== "" && served !== scriptIn(document)) outdated.value = true;
}
