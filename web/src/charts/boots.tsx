// SPDX-License-Identifier: Apache-2.0
// One phase of two kernels: each boot a dot, and what the difference comes to beside the smallest one
// that matters.
import { durationText } from "../parts/quantity";
import { linearScale } from "./scale";
import { kWidth, Strips } from "./strips";
import { PointsTable } from "./walk";

export interface BootsProps {
  /** Seconds, one a boot. */
  baseline: readonly number[];
  candidate: readonly number[];
  /** Which boot was which job, where that is known. */
  baselineJobs: readonly string[];
  candidateJobs: readonly string[];
  /** candidate / baseline - 1, with its confidence interval; no interval: too few boots. */
  shift: number;
  interval: { low: number; high: number; confidence: number } | null;
  matters: number;
  label: string;
  /** What was measured, in a few words. */
  phase: string;
  open: (job: string) => void;
}

const kLeft = 84;

const percent = (share: number): string => `${share > 0 ? "+" : ""}${Number((share * 100).toFixed(1))} %`;

function Shift({ shift, interval, matters }: Pick<BootsProps, "shift" | "interval" | "matters">) {
  const ends = [0, -1.6 * matters, 1.6 * matters, shift, interval?.low ?? 0, interval?.high ?? 0];
  const axis = linearScale(Math.min(...ends) - matters * 0.3, Math.max(...ends) + matters * 0.3, kWidth - kLeft - 40);
  const x = (share: number): number => kLeft + axis.place(share);
  const said = `candidate against baseline ${percent(shift)}${interval ? `, ${percent(interval.low)} to ${percent(interval.high)} with ${interval.confidence * 100} % confidence` : ""}; what matters begins at ${matters * 100} %`;
  return (
    <svg viewBox={`0 0 ${kWidth} 66`} class="boots" role="img" aria-label={said}>
      <rect class="no-matter" x={x(-matters)} width={x(matters) - x(-matters)} y="0" height="42" />
      <line class="zero" x1={x(0)} x2={x(0)} y2="42" />
      {axis.ticks.map((tick) => (
        <text key={tick} class="tick" x={x(tick)} y="60" text-anchor="middle">{percent(tick)}</text>
      ))}
      <text class="name" x={kLeft - 8} y="26" text-anchor="end">difference</text>
      {interval && <line class="interval" x1={x(interval.low)} x2={x(interval.high)} y1="22" y2="22" />}
      {interval && [interval.low, interval.high].map((end) => <line key={end} class="interval" x1={x(end)} x2={x(end)} y1="15" y2="29" />)}
      <circle class="shift" cx={x(shift)} cy="22" r="5"><title>{said}</title></circle>
    </svg>
  );
}

/** Two boots that were next to each other; one may be missing. */
function boot(number: number, baseline: number | undefined, candidate: number | undefined): string[] {
  const text = (seconds: number | undefined): string => (seconds === undefined ? "none" : durationText(seconds * 1e9));
  return [String(number), text(baseline), text(candidate), baseline && candidate !== undefined ? percent(candidate / baseline - 1) : "not known"];
}

export function BootsChart(props: BootsProps) {
  const strips = [
    { name: "baseline", values: props.baseline, look: "boot-baseline", jobs: props.baselineJobs },
    { name: "candidate", values: props.candidate, look: "boot-candidate", jobs: props.candidateJobs },
  ];
  return (
    <figure class="boots-chart">
      <figcaption>{props.label}</figcaption>
      {props.baseline.length > 0 && props.candidate.length > 0 && (
        <>
          <Strips strips={strips} left={kLeft} unit="boot" label={props.phase} open={props.open} />
          <Shift shift={props.shift} interval={props.interval} matters={props.matters} />
          <PointsTable
            label="Boots"
            head={["Boot", "Baseline", "Candidate", "Difference"]}
            rows={() => Array.from({ length: Math.max(props.baseline.length, props.candidate.length) }, (_, index) => boot(index + 1, props.baseline[index], props.candidate[index]))}
          />
        </>
      )}
    </figure>
  );
}
