// SPDX-License-Identifier: Apache-2.0
// Where the kernels come from, what was built into them, and how they differ.
import { useSignal } from "@preact/signals";

import type { BuildUse, Report } from "../api/report";
import { useLive } from "../live/live";
import type { BuildDetail } from "../pages/list-types";
import { Copyable } from "../parts/copyable";
import { Download } from "../parts/download";
import { secondsText } from "../parts/quantity";
import { Asked, Table } from "../parts/small";
import { artifactOf, useArtifact } from "./artifact";
import { configDifference, readConfig } from "./config";

const paper = (report: Report, name: string, build: BuildUse) => artifactOf(report, `${name}-${build.digest.slice(0, 16)}`);

interface Spec {
  kernels?: { series?: { name: string; patches: { name: string; text: string }[] }[] }[];
}

/** The texts of all patches of the job, by their series and names. */
export function patchTexts(specification: object): Map<string, string> {
  const texts = new Map<string, string>();
  for (const kernel of (specification as Spec).kernels ?? [])
    for (const series of kernel.series ?? []) for (const patch of series.patches) texts.set(`${series.name}/${patch.name}`, patch.text);
  return texts;
}

export function ConfigDifference({ first, second, names }: { first: string; second: string; names: readonly [string, string] }) {
  const texts = useArtifact(first, (text) => text);
  const others = useArtifact(second, (text) => text);
  return (
    <Asked of={texts}>
      {(one) => (
        <Asked of={others}>
          {(other) => {
            const rows = configDifference(readConfig(one), readConfig(other));
            if (rows.length === 0) return <p>The configurations of {names[0]} and {names[1]} are equal.</p>;
            return (
              <Table label="Configuration difference" head={["Option", names[0], names[1]]}>
                {rows.map((row) => (
                  <tr key={row.option}>
                    <td class="mono">{row.option}</td>
                    <td class="mono">{row.first}</td>
                    <td class="mono">{row.second}</td>
                  </tr>
                ))}
              </Table>
            );
          }}
        </Asked>
      )}
    </Asked>
  );
}

/** How the build's configuration differs from the plainest build of its base that this lab has run. */
function AgainstBaseline({ build, config }: { build: BuildUse; config: string }) {
  const detail = useLive<BuildDetail>(`/builds/${build.digest}`, () => false);
  return (
    <Asked of={detail}>
      {({ baseline }) => {
        if (!baseline) return <p class="faint">No plainer build of this base was run: this is a baseline itself.</p>;
        if (baseline.config === "") return <p class="faint">The baseline is {baseline.build.title}; its .config is not kept any more.</p>;
        return (
          <>
            <p>Baseline: <strong>{baseline.build.title}</strong> <span class="mono faint">{baseline.build.digest.slice(0, 16)}</span>, of this base the build with fewest patches and fragments.</p>
            <ConfigDifference first={baseline.config} second={config} names={["baseline", "this"]} />
          </>
        );
      }}
    </Asked>
  );
}

function Baseline({ build, config }: { build: BuildUse; config: string }) {
  const open = useSignal(false);
  return (
    <details onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>Configuration against the baseline</summary>
      {open.value && <AgainstBaseline build={build} config={config} />}
    </details>
  );
}

function Metadata({ metadata }: { metadata: BuildUse["metadata"] }) {
  if (!metadata) return null;
  return (
    <details>
      <summary>Metadata</summary>
      <pre tabIndex={0}>{JSON.stringify(metadata, null, 2)}</pre>
    </details>
  );
}

function BuildLog({ sha256 }: { sha256: string }) {
  const open = useSignal(false);
  const log = useArtifact(open.value ? sha256 : "", (text) => text);
  return (
    <details onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>Build log</summary>
      {open.value && <Asked of={log}>{(text) => <pre tabIndex={0}>{text}</pre>}</Asked>}
    </details>
  );
}

function Kernel({ build, report, patches }: { build: BuildUse; report: Report; patches: Map<string, string> }) {
  const { metadata } = build;
  const config = paper(report, "config", build);
  const log = paper(report, "build.log", build);
  return (
    <article class="card">
      <h3>{build.title}</h3>
      <dl class="facts">
        <dt>Release</dt><dd>{build.release}</dd>
        <dt>Source</dt><dd>{metadata?.base?.origin ?? build.base_version}{metadata?.base?.sha256 && <span class="mono faint"> sha256 {metadata.base.sha256.slice(0, 16)}</span>}</dd>
        <dt>Build id</dt><dd class="mono">{build.build_id}</dd>
        <dt>Key</dt><dd class="mono">{build.digest}</dd>
        {metadata?.compiler && <><dt>Compiler</dt><dd>{metadata.compiler}; {metadata.linker}</dd></>}
        {metadata?.fragments && <><dt>Fragments</dt><dd>{metadata.fragments.map((fragment) => fragment.name).join(", ")}</dd></>}
        {metadata?.duration_seconds !== undefined && <><dt>Built in</dt><dd>{secondsText(metadata.duration_seconds)}{metadata.grown_from ? ", out of a relative's objects" : ", from nothing"}</dd></>}
        {config && <><dt>.config</dt><dd><Download path={`/artifacts/${config.sha256}`} name={`config-${build.digest.slice(0, 12)}`}>download</Download></dd></>}
      </dl>
      {(metadata?.patches ?? []).map((patch) => {
        const text = patches.get(`${patch.series}/${patch.name}`);
        return (
          <details key={`${patch.series} ${patch.name}`}>
            <summary>{patch.series}: {patch.name} <span class="mono faint">{patch.sha256.slice(0, 12)}</span></summary>
            <pre tabIndex={0}>{text ?? "The text is not in the job."}</pre>
          </details>
        );
      })}
      {config && <Baseline build={build} config={config.sha256} />}
      {log && <BuildLog sha256={log.sha256} />}
      <Metadata metadata={metadata} />
      {metadata?.reproducer && <Copyable text={metadata.reproducer} label={`Builds ${build.title} again`} />}
    </article>
  );
}

export function Kernels({ report, specification }: { report: Report; specification: object }) {
  const builds = report.builds ?? [];
  const [first, second] = builds;
  const configs = first && second ? ([paper(report, "config", first), paper(report, "config", second)] as const) : undefined;
  const patches = patchTexts(specification);
  return (
    <section aria-labelledby="kernels">
      <h2 id="kernels">Kernels</h2>
      {builds.map((build) => <Kernel key={build.digest} build={build} report={report} patches={patches} />)}
      {first && second && configs?.[0] && configs[1] && (
        <details>
          <summary>Configuration difference between the kernels</summary>
          <ConfigDifference first={configs[0].sha256} second={configs[1].sha256} names={[first.title, second.title]} />
        </details>
      )}
    </section>
  );
}
