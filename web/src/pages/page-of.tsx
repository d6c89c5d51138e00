// SPDX-License-Identifier: Apache-2.0
// The page of an address. A new first segment is also named in controller/dashboard/dashboard.cpp.
import type { ComponentChildren } from "preact";

import { JobPage } from "./job";
import { NowPage } from "./now";
import { RunPage } from "./run";
import { RunsPage } from "./runs";

export interface Page {
  title: string;
  content: ComponentChildren;
}

export function pageOf(address: string): Page {
  const url = new URL(address, location.origin);
  const [, first = "", id = "", more] = url.pathname.split("/");
  if (first === "" && id === "") return { title: "Now", content: <NowPage /> };
  if (more === undefined && first === "runs" && id === "") return { title: "Runs", content: <RunsPage cursor={url.searchParams.get("cursor") ?? ""} /> };
  if (more === undefined && first === "runs") return { title: `Run ${id}`, content: <RunPage key={id} id={id} cursor={url.searchParams.get("cursor") ?? ""} /> };
  if (more === undefined && first === "jobs" && id !== "") return { title: `Job ${id}`, content: <JobPage key={id} id={id} /> };
  return { title: "Not found", content: <><h1>Not found</h1><p>There is no page at this address. <a href="/">Now</a> shows what is running.</p></> };
}
