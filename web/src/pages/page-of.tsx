// SPDX-License-Identifier: Apache-2.0
// The page of an address. A new first segment is also named in controller/dashboard/dashboard.cpp.
import type { ComponentChildren } from "preact";

import { AttemptPage } from "./attempt";
import { BuildsPage } from "./builds";
import { FleetPage, MachinePage } from "./fleet";
import { GatePage } from "./gate";
import { GatesPage } from "./gates";
import { JobPage } from "./job";
import { JobsPage } from "./jobs";
import { NowPage } from "./now";
import { RunPage } from "./run";
import { RunsPage } from "./runs";
import { SearchPage } from "./search";
import { SubmitPage } from "./submit";
import { TrendsPage } from "./trends";

export interface Page {
  title: string;
  content: ComponentChildren;
}

type Make = (query: URLSearchParams) => Page;
type MakeOne = (id: string, query: URLSearchParams) => Page;

const kLists: Record<string, Make> = {
  "": () => ({ title: "Now", content: <NowPage /> }),
  runs: (query) => ({ title: "Runs", content: <RunsPage cursor={query.get("cursor") ?? ""} /> }),
  jobs: (query) => ({ title: "Jobs", content: <JobsPage query={query} /> }),
  gates: (query) => ({ title: "Gates", content: <GatesPage title={query.get("title") ?? ""} cursor={query.get("cursor") ?? ""} /> }),
  fleet: () => ({ title: "Fleet", content: <FleetPage /> }),
  builds: (query) => ({ title: "Builds", content: <BuildsPage cursor={query.get("cursor") ?? ""} /> }),
  trends: (query) => ({ title: "Trends", content: <TrendsPage query={query} /> }),
  submit: () => ({ title: "Submit", content: <SubmitPage /> }),
  search: (query) => ({ title: "Search", content: <SearchPage text={query.get("q") ?? ""} /> }),
};

const kOnes: Record<string, MakeOne> = {
  runs: (id, query) => ({ title: `Run ${id}`, content: <RunPage key={id} id={id} cursor={query.get("cursor") ?? ""} /> }),
  jobs: (id, query) => ({ title: `Job ${id}`, content: <JobPage key={id} id={id} query={query} /> }),
  attempts: (id) => ({ title: `Attempt ${id}`, content: <AttemptPage key={id} id={id} /> }),
  gates: (id) => ({ title: `Gate ${id}`, content: <GatePage key={id} id={id} /> }),
  fleet: (id) => ({ title: `Machine ${id}`, content: <MachinePage key={id} name={id} /> }),
};

const kNone: Page = { title: "Not found", content: <><h1>Not found</h1><p>There is no page at this address. <a href="/">Now</a> shows what is running, <a href="/search">Search</a> finds the rest.</p></> };

export function pageOf(address: string): Page {
  const url = new URL(address, location.origin);
  const [, first = "", id = "", more] = url.pathname.split("/");
  if (more !== undefined) return kNone;
  if (id === "") return kLists[first]?.(url.searchParams) ?? kNone;
  return kOnes[first]?.(decodeURIComponent(id), url.searchParams) ?? kNone;
}
