// SPDX-License-Identifier: Apache-2.0
// The report of an attempt, schema luolab.run/v1 (docs/results.md): a description of its own, which
// the OpenAPI document refers to by name only.

export interface Phase {
  name: string;
  hop: number;
  subject?: string;
  start_ns: number;
  end_ns: number;
  duration_ns: number;
}

export interface Checksum {
  hop: number;
  memfd: string;
  offset_bytes: number;
  length_bytes: number;
  algorithm: string;
  expected: string;
  actual: string;
  equal: boolean;
}

export interface Check {
  hop: number;
  name: string;
  subject?: string;
  verdict: string;
  detail?: string;
}

export interface Measurement {
  hop: number;
  name: string;
  value: number | null;
  unit?: string;
  detail?: string;
}

export interface Finding {
  kind: string;
  offset_bytes: number;
  excerpt: string;
}

export interface BuildUse {
  digest: string;
  title: string;
  release: string;
  base_version: string;
  build_id: string;
  /** metadata.json of the build (docs/kernel-builds.md). */
  metadata?: BuildMetadata | null;
}

export interface BuildMetadata {
  base?: { origin?: string; sha256?: string };
  patches?: { series: string; name: string; sha256: string }[];
  fragments?: { name: string }[];
  compiler?: string;
  linker?: string;
  grown_from?: string | null;
  duration_seconds?: number;
  reproducer?: string;
}

export interface Artifact {
  name: string;
  sha256: string;
  size_bytes: number;
}

export interface Report {
  verdict: string;
  reason: string;
  worker?: string;
  accel?: string;
  start?: string;
  wall_ns?: number;
  bytes_verified?: number;
  builds?: BuildUse[];
  phases?: Phase[];
  checksums?: Checksum[];
  checks?: Check[];
  measurements?: Measurement[];
  findings?: Finding[];
  artifacts?: Artifact[];
}

/** The document types it as any object; its members are checked by the integration tests. */
export function reportOf(value: object | null): Report | null {
  return value as Report | null;
}
