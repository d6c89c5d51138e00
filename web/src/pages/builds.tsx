// SPDX-License-Identifier: Apache-2.0
// Kernels that attempts ran, and builds that workers share.
import { useLive } from "../live/live";
import { Asked, Table, Time, Verdict } from "../parts/small";
import type { Build, FleetBuild, PageOf } from "./list-types";

function Shared() {
  const builds = useLive<PageOf<FleetBuild>>("/fleet-builds?limit=20", (event) => event.kind.startsWith("build.") || event.kind.startsWith("job."));
  return (
    <section aria-labelledby="shared">
      <h2 id="shared">Shared between machines</h2>
      <Asked of={builds}>
        {({ items }) => items.length === 0 ? <p class="faint">Nothing was shared yet: with several machines, one builds and the others fetch.</p> : (
          <Table label="Shared builds" head={["State", "Kernel", "By", "What", "Changed", "Key"]}>
            {items.map((build) => (
              <tr key={build.id}>
                <td><Verdict of={build.state} /></td>
                <td>{build.title}</td>
                <td>{build.worker}</td>
                <td class="why">{build.detail}</td>
                <td><Time of={build.updated} /></td>
                <td class="mono">{build.key.slice(0, 12)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Asked>
    </section>
  );
}

export function BuildsPage({ cursor }: { cursor: string }) {
  const builds = useLive<PageOf<Build>>(`/builds?limit=50${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`, (event) => event.kind === "job.done");
  return (
    <>
      <h1>Builds</h1>
      {cursor === "" && <Shared />}
      <h2>Kernels that were run</h2>
      <Asked of={builds}>
        {({ items, next }) => items.length === 0 ? <p class="faint">No kernel was run yet.</p> : (
          <>
            <Table label="Builds" head={["Kernel", "Release", "Source", "Attempts", "First seen", "Build id", "Key"]}>
              {items.map((build) => (
                <tr key={build.id} id={`b${build.id}`}>
                  <td>{build.title}</td>
                  <td>{build.release}</td>
                  <td>{build.base_version}</td>
                  <td class="number"><a href={`/jobs?${new URLSearchParams({ kernel: build.digest })}`} aria-label={`${build.attempts} attempts with ${build.title}`}>{build.attempts}</a></td>
                  <td><Time of={build.first_seen} /></td>
                  <td class="mono">{build.build_id.slice(0, 16)}</td>
                  <td class="mono">{build.digest.slice(0, 12)}</td>
                </tr>
              ))}
            </Table>
            {next !== null && <p><a href={`/builds?cursor=${encodeURIComponent(next)}`}>Older builds</a></p>}
          </>
        )}
      </Asked>
    </>
  );
}
