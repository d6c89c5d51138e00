// SPDX-License-Identifier: Apache-2.0
import type { Schemas } from "../api/client";

export interface PageOf<T> {
  items: T[];
  next: string | null;
}
export type Run = Schemas["RunResource"];
export type Job = Schemas["JobResource"];
export type Lease = Schemas["LeaseResource"];
export type Worker = Schemas["WorkerResource"];
export type JobDetail = Schemas["JobDetail"];
export type RunDetail = Schemas["RunDetail"];
export type Why = Schemas["WhyResource"];
