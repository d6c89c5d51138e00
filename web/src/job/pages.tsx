// SPDX-License-Identifier: Apache-2.0
import type { Report } from "../api/report";
import { PageMapView } from "../page-map/page-map";
import { readPageMap, type PageMap } from "../page-map/map";
import { Asked } from "../parts/small";
import { artifactOf, useArtifact } from "./artifact";

export function Pages({ report }: { report: Report }) {
  const artifact = artifactOf(report, "page-map");
  const map = useArtifact<PageMap>(artifact?.sha256 ?? "", readPageMap);
  if (!artifact) return null;
  return (
    <section aria-labelledby="pages">
      <h2 id="pages">Pages</h2>
      <Asked of={map}>{(value) => <PageMapView map={value} />}</Asked>
    </section>
  );
}
