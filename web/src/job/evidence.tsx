// SPDX-License-Identifier: Apache-2.0
import type { Report } from "../api/report";
import { sizeText } from "../parts/quantity";
import { Table, Verdict } from "../parts/small";

export const hopText = (hop: number): string => (hop < 0 ? "before" : String(hop + 1));

/** What the verdict rests on; what speaks against a pass comes first. */
export function Evidence({ report }: { report: Report }) {
  const checks = report.checks ?? [];
  const bad = checks.filter((check) => check.verdict !== "PASS");
  const rest = checks.filter((check) => check.verdict === "PASS");
  return (
    <section aria-labelledby="evidence">
      <h2 id="evidence">Evidence</h2>
      {(report.findings ?? []).map((finding) => (
        <figure key={finding.offset_bytes} class="finding">
          <figcaption><span class="verdict v-fail">{finding.kind}</span>, at byte {finding.offset_bytes} of the console</figcaption>
          <pre tabIndex={0}>{finding.excerpt}</pre>
        </figure>
      ))}
      <Table label="Checks" head={["Verdict", "Hop", "Check", "Of", "What was seen"]}>
        {[...bad, ...rest].map((check) => (
          <tr key={`${check.hop} ${check.name} ${check.subject ?? ""}`}>
            <td><Verdict of={check.verdict} /></td>
            <td>{hopText(check.hop)}</td>
            <td>{check.name}</td>
            <td>{check.subject}</td>
            <td class="mono">{check.detail}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

export function Checksums({ report }: { report: Report }) {
  const checksums = report.checksums ?? [];
  if (checksums.length === 0) return null;
  const wrong = checksums.filter((checksum) => !checksum.equal).length;
  return (
    <details open={wrong > 0 && wrong <= 50}>
      <summary>Checksums: {checksums.length - wrong} of {checksums.length} as expected</summary>
      <Table label="Checksums" head={["Hop", "Memfd", "From", "Length", "Algorithm", "Expected", "Actual", "Equal"]}>
        {[...checksums].sort((a, b) => Number(a.equal) - Number(b.equal)).map((checksum) => (
          <tr key={`${checksum.hop} ${checksum.memfd} ${checksum.offset_bytes} ${checksum.length_bytes} ${checksum.algorithm}`}>
            <td>{hopText(checksum.hop)}</td>
            <td>{checksum.memfd}</td>
            <td class="number">{sizeText(checksum.offset_bytes)}</td>
            <td class="number">{sizeText(checksum.length_bytes)}</td>
            <td>{checksum.algorithm}</td>
            <td class="mono">{checksum.expected}</td>
            <td class="mono">{checksum.actual}</td>
            <td>{checksum.equal ? "same" : <Verdict of="FAIL" />}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
