// SPDX-License-Identifier: Apache-2.0
// A phase over time, over kernels and over memory, of the newest attempts that fit the filter, which
// is in the address; version pairs; what comes and goes.
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import { median, Strips, type Strip } from "../charts/strips";
import { useLive, type Shown } from "../live/live";
import { durationText, sizeText } from "../parts/quantity";
import { Asked, Table } from "../parts/small";
import { go } from "../router";
import { Flaky } from "../trends/flaky";
import { groups, kernelOf, measured, type Measured } from "../trends/measured";
import { PhaseOverTime } from "../trends/phase-over-time";
import { Scaling } from "../trends/scaling";
import { VersionPairs, type Heat } from "../trends/version-pairs";
import type { FlakyTest, PageOf, Trend, TrendChoices, VersionPair } from "./list-types";

const kPhases = ["blackout", "preserve", "retrieve", "load", "shutdown-to-entry", "kernel-boot", "userspace", "verify", "finish"] as const;
const kNewest = ["200", "1000", "5000"] as const;
/** A busy lab ends jobs all the time; trends need not follow each. */
const kGatherMs = 3000;

interface Option {
  value: string;
  text: string;
}

const plain = (values: readonly string[]): Option[] => values.map((value) => ({ value, text: value }));

function Choose({ name, label, options, query, standard }: { name: string; label: string; options: readonly Option[]; query: URLSearchParams; standard: string }) {
  const chosen = query.get(name) ?? standard;
  const known = options.some(({ value }) => value === chosen) ? options : [...options, { value: chosen, text: chosen }];
  const change = (form: HTMLFormElement): void => {
    const wanted = new URLSearchParams();
    for (const [key, value] of new FormData(form)) if (typeof value === "string" && value !== "") wanted.set(key, value);
    go(`/trends${wanted.size > 0 ? `?${wanted}` : ""}`, true);
  };
  return (
    <label>
      {label}
      <select name={name} value={chosen} onChange={(event) => event.currentTarget.form && change(event.currentTarget.form)}>
        {known.map(({ value, text }) => <option key={value} value={value}>{text}</option>)}
      </select>
    </label>
  );
}

function Filter({ query, choices }: { query: URLSearchParams; choices: TrendChoices }) {
  const any: Option = { value: "", text: "any" };
  return (
    <form class="filter" aria-label="What is shown" onSubmit={(event) => event.preventDefault()}>
      <Choose query={query} name="phase" label="phase" options={plain(kPhases)} standard="blackout" />
      <Choose query={query} name="scenario" label="scenario" options={[any, ...plain(choices.scenarios)]} standard="" />
      <Choose query={query} name="worker" label="machine" options={[any, ...plain(choices.workers)]} standard="" />
      <Choose query={query} name="size" label="memory each update" options={[any, ...choices.sizes.map((size) => ({ value: String(size), text: sizeText(size) }))]} standard="" />
      <Choose query={query} name="newest" label="newest attempts" options={plain(kNewest)} standard="1000" />
      <Choose query={query} name="scale" label="axes" options={[{ value: "linear", text: "linear" }, { value: "log", text: "logarithmic" }]} standard="linear" />
      <Choose query={query} name="heat" label="colour of pairs" options={[{ value: "verdicts", text: "verdicts" }, { value: "time", text: "phase" }]} standard="verdicts" />
    </form>
  );
}

const kMostKernels = 12;
const kMostDots = 200;

function stripOf(name: string, own: readonly Measured[]): Strip {
  return {
    name: name.length > 32 ? `…${name.slice(-31)}` : name,
    fullName: name,
    values: own.map((point) => point.duration_ns / 1e9),
    look: "boot-baseline",
    jobs: own.map((point) => point.job),
  };
}

function OverKernels({ points, phase }: { points: readonly Measured[]; phase: string }) {
  const kernels = groups(points, kernelOf);
  return (
    <>
      <div class="boots-chart"><Strips left={220} unit="attempt" label={`${phase} by kernel`} open={(job) => go(`/jobs/${job}`)} strips={kernels.slice(0, kMostKernels).map(([name, own]) => stripOf(name, own.slice(0, kMostDots)))} /></div>
      <Table label="Phase by kernel" head={["Incoming kernel", "Attempts", "Median", "Least", "Most"]}>
        {kernels.map(([name, own]) => {
          const times = own.map((point) => point.duration_ns);
          return (
            <tr key={name}>
              <td>{name}</td>
              <td class="number">{own.length}</td>
              <td class="number">{durationText(median(times))}</td>
              <td class="number">{durationText(Math.min(...times))}</td>
              <td class="number">{durationText(Math.max(...times))}</td>
            </tr>
          );
        })}
      </Table>
    </>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return <section aria-labelledby={id}><h2 id={id}>{title}</h2>{children}</section>;
}

function Told({ items, phase, logarithmic }: { items: readonly Trend[]; phase: string; logarithmic: boolean }) {
  const own = useMemo(() => measured(items), [items]);
  const sized = useMemo(() => own.filter((point) => point.bytes_per_update > 0).map((point) => ({ job: point.job, bytes: point.bytes_per_update, seconds: point.duration_ns / 1e9 })), [own]);
  if (items.length === 0) return <p class="faint">No attempt fits. Widen the filter, or <a href="/submit">submit</a> a scenario.</p>;
  if (own.length === 0) return <Section id="time" title={`${phase} over time`}><p class="faint">None of {items.length} attempts came to {phase}.</p></Section>;
  return (
    <>
      <p class="faint">The newest {items.length} attempts that fit; {own.length} of them came to {phase}. Where an attempt has several live updates, their mean.</p>
      <Section id="time" title={`${phase} over time`}><PhaseOverTime points={own} phase={phase} logarithmic={logarithmic} /></Section>
      <Section id="kernels" title={`${phase} by kernel`}><OverKernels points={own} phase={phase} /></Section>
      <Section id="memory" title={`${phase} against memory`}><Scaling points={sized} phase={phase} logarithmic={logarithmic} /></Section>
    </>
  );
}

/** An address with those parameters that have a value. */
function asking(path: string, parameters: Record<string, string | null>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return `${path}${query.size > 0 ? `?${query}` : ""}`;
}

function useTrend<T>(path: string): Signal<Shown<T>> {
  return useLive<T>(path, (event) => event.kind === "job.done", 0, kGatherMs);
}

export function TrendsPage({ query }: { query: URLSearchParams }) {
  const phase = query.get("phase") ?? "blackout";
  const scenario = query.get("scenario");
  const choices = useTrend<TrendChoices>("/trend/choices");
  const trend = useTrend<PageOf<Trend>>(asking("/trend", { phase, scenario, worker: query.get("worker"), size: query.get("size"), newest: query.get("newest") ?? "1000" }));
  const pairs = useTrend<PageOf<VersionPair>>(asking("/trend/pairs", { phase, scenario }));
  const flaky = useTrend<PageOf<FlakyTest>>(asking("/trend/flaky", { scenario }));
  const heat: Heat = query.get("heat") === "time" ? "time" : "verdicts";
  return (
    <>
      <h1>Trends</h1>
      <Asked of={choices}>{(known) => <Filter query={query} choices={known} />}</Asked>
      <Asked of={trend}>{({ items }) => <Told items={items} phase={phase} logarithmic={query.get("scale") === "log"} />}</Asked>
      <Section id="pairs" title="Version pairs"><Asked of={pairs}>{({ items }) => <VersionPairs pairs={items} phase={phase} heat={heat} />}</Asked></Section>
      <Section id="flaky" title="What comes and goes"><Asked of={flaky}>{({ items }) => <Flaky tests={items} />}</Asked></Section>
    </>
  );
}
