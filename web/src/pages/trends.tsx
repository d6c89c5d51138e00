// SPDX-License-Identifier: Apache-2.0
// A phase over time, over kernels and over memory; version pairs; what comes and goes. All of it from
// one answer: the newest attempts that fit the filter, which is in the address.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { median, Strips } from "../charts/strips";
import { useLive } from "../live/live";
import { durationText, sizeText } from "../parts/quantity";
import { Asked, Table, Verdict } from "../parts/small";
import { theme } from "../parts/theme";
import { go } from "../router";
import { Scaling } from "../trends/scaling";
import type { PageOf, Trend } from "./list-types";

const kPhases = ["blackout", "preserve", "retrieve", "load", "shutdown-to-entry", "kernel-boot", "userspace", "verify", "finish"] as const;
const kNewest = ["200", "1000", "5000"] as const;
const kMostKernels = 6;

type Measured = Trend & { duration_ns: number };

const measured = (points: readonly Trend[]): Measured[] => points.filter((point): point is Measured => point.duration_ns !== null);

/** By what `key` says, in the order of first appearance. */
function groups<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return [...found];
}

const kernelOf = (point: Trend): string => point.incoming || "not known";

function Filter({ query, known }: { query: URLSearchParams; known: readonly Trend[] }) {
  const change = (form: HTMLFormElement): void => {
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && value !== "") wanted.set(name, value);
    go(`/trends${wanted.size > 0 ? `?${wanted}` : ""}`);
  };
  const choose = (name: string, label: string, values: readonly string[], standard: string) => (
    <label>
      {label}
      <select name={name} value={query.get(name) ?? standard} onChange={(event) => event.currentTarget.form && change(event.currentTarget.form)}>
        {values.map((value) => <option key={value} value={value}>{value === "" ? "any" : value}</option>)}
      </select>
    </label>
  );
  const all = (pick: (point: Trend) => string, name: string): string[] => ["", ...new Set([...known.map(pick), query.get(name) ?? ""].filter((value) => value !== ""))];
  return (
    <form class="filter" onSubmit={(event) => event.preventDefault()}>
      {choose("phase", "phase", kPhases, "blackout")}
      {choose("scenario", "scenario", all((point) => point.scenario, "scenario"), "")}
      {choose("worker", "machine", all((point) => point.worker, "worker"), "")}
      {choose("size", "memory", all((point) => String(point.bytes_per_update), "size").map((bytes) => bytes), "")}
      {choose("newest", "newest attempts", kNewest, "1000")}
    </form>
  );
}

function OverTime({ points }: { points: readonly Measured[] }) {
  const place = useRef<HTMLDivElement>(null);
  const logarithmic = useSignal(false);
  useEffect(() => {
    let end: (() => void) | undefined;
    let left = false;
    const ordered = [...points].sort((a, b) => a.started.localeCompare(b.started));
    const series = groups(ordered, kernelOf).slice(-kMostKernels).map(([name, own]) => ({ name, at: own.map((point) => Date.parse(point.started) / 1e3), values: own.map((point) => point.duration_ns / 1e9) }));
    void import("../trends/over-time").then(({ drawOverTime }) => {
      if (!left && place.current) end = drawOverTime(place.current, series, logarithmic.value);
    });
    return () => {
      left = true;
      end?.();
    };
  }, [points, logarithmic.value, theme.value]);
  return (
    <>
      <label class="inline"><input type="checkbox" checked={logarithmic.value} onChange={(event) => (logarithmic.value = event.currentTarget.checked)} /> logarithmic</label>
      <div ref={place} class="over-time" role="img" aria-label="The phase over time, a colour for each kernel; the table below has the same by kernel" />
    </>
  );
}

function OverKernels({ points }: { points: readonly Measured[] }) {
  const kernels = groups(points, kernelOf);
  return (
    <>
      <div class="boots-chart"><Strips left={220} unit="attempt" strips={kernels.slice(0, 12).map(([name, own]) => ({ name: name.length > 32 ? `…${name.slice(-31)}` : name, values: own.slice(0, 200).map((point) => point.duration_ns / 1e9), look: "boot-baseline" }))} /></div>
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

const passed = (points: readonly Trend[]): number => points.filter((point) => point.verdict === "PASS" || point.verdict === "XFAIL").length;
const judged = (points: readonly Trend[]): Trend[] => points.filter((point) => ["PASS", "FAIL", "XFAIL"].includes(point.verdict));

function Pair({ points }: { points: readonly Trend[] }) {
  if (points.length === 0) return <td class="faint">not tried</td>;
  const share = passed(points) / points.length;
  const times = measured(points).map((point) => point.duration_ns);
  const look = share === 1 ? "heat-good" : share === 0 ? "heat-bad" : "heat-some";
  return (
    <td class={`heat ${look}`}>
      {passed(points)} of {points.length} pass
      {times.length > 0 && <><br /><span class="number">{durationText(median(times))}</span></>}
    </td>
  );
}

function VersionPairs({ points, phase }: { points: readonly Trend[]; phase: string }) {
  const known = judged(points).filter((point) => point.outgoing_release !== "" && point.incoming_release !== "");
  const releases = [...new Set(known.flatMap((point) => [point.outgoing_release, point.incoming_release]))].sort();
  if (releases.length === 0) return <p class="faint">No attempt was judged.</p>;
  return (
    <Table label={`Version pairs: verdicts and median ${phase}`} head={["from \\ to", ...releases]}>
      {releases.map((from) => (
        <tr key={from}>
          <th scope="row">{from}</th>
          {releases.map((to) => <Pair key={to} points={known.filter((point) => point.outgoing_release === from && point.incoming_release === to)} />)}
        </tr>
      ))}
    </Table>
  );
}

function Flaky({ points }: { points: readonly Trend[] }) {
  const both = groups(judged(points), (point) => `${point.title.replace(/#\d+$/, "")}\n${point.incoming_build}`).filter(([, own]) => passed(own) > 0 && passed(own) < own.length);
  if (both.length === 0) return <p class="faint">Every test gave the same verdict each time on the same kernel.</p>;
  return (
    <Table label="Tests whose verdict comes and goes" head={["Test", "Kernel", "Fails", "Last failure"]}>
      {both.map(([key, own]) => {
        const failure = own.find((point) => point.verdict === "FAIL");
        return (
          <tr key={key}>
            <td>{own[0]?.title.replace(/#\d+$/, "")}</td>
            <td>{own[0]?.incoming}</td>
            <td class="number">{own.length - passed(own)} of {own.length}</td>
            <td>{failure && <a href={`/jobs/${failure.job}`}><Verdict of="FAIL" /> {failure.job}</a>}</td>
          </tr>
        );
      })}
    </Table>
  );
}

function Told({ points, phase }: { points: readonly Trend[]; phase: string }) {
  const own = measured(points);
  if (points.length === 0) return <p class="faint">No attempt fits. Widen the filter, or <a href="/submit">submit</a> a scenario.</p>;
  return (
    <>
      <section aria-labelledby="time">
        <h2 id="time">{phase} over time</h2>
        {own.length === 0 ? <p class="faint">None of {points.length} attempts came to {phase}.</p> : <OverTime points={own} />}
      </section>
      {own.length > 0 && <section aria-labelledby="kernels"><h2 id="kernels">{phase} by kernel</h2><OverKernels points={own} /></section>}
      {own.length > 0 && <section aria-labelledby="memory"><h2 id="memory">{phase} against memory</h2><Scaling phase={phase} points={own.filter((point) => point.bytes_per_update > 0).map((point) => ({ bytes: point.bytes_per_update, seconds: point.duration_ns / 1e9 }))} /></section>}
      <section aria-labelledby="pairs"><h2 id="pairs">Version pairs</h2><VersionPairs points={points} phase={phase} /></section>
      <section aria-labelledby="flaky"><h2 id="flaky">What comes and goes</h2><Flaky points={points} /></section>
    </>
  );
}

export function TrendsPage({ query }: { query: URLSearchParams }) {
  const phase = query.get("phase") ?? "blackout";
  const asked = new URLSearchParams({ phase, newest: query.get("newest") ?? "1000" });
  for (const name of ["scenario", "worker"]) if (query.get(name)) asked.set(name, query.get(name) ?? "");
  const trend = useLive<PageOf<Trend>>(`/trend?${asked}`, (event) => event.kind === "job.done");
  const size = query.get("size") ?? "";
  return (
    <>
      <h1>Trends</h1>
      <Asked of={trend}>
        {({ items }) => (
          <>
            <Filter key={query.toString()} query={query} known={items} />
            <p class="faint">The newest {items.length} attempts{size !== "" && <> with {sizeText(Number(size))} each update</>}; one live update's mean where an attempt has several.</p>
            <Told phase={phase} points={size === "" ? items : items.filter((point) => String(point.bytes_per_update) === size)} />
          </>
        )}
      </Asked>
    </>
  );
}
