// SPDX-License-Identifier: Apache-2.0
import type { Schemas } from "../api/client";

export type { PageOf } from "../api/client";

export type Run = Schemas["RunResource"];
export type Job = Schemas["JobResource"];
export type Lease = Schemas["LeaseResource"];
export type Worker = Schemas["WorkerResource"];
export type JobDetail = Schemas["JobDetail"];
export type RunDetail = Schemas["RunDetail"];
export type Why = Schemas["WhyResource"];
export type Gate = Schemas["GateResource"];
export type GateDetail = Schemas["GateDetail"];
export type GateReport = Schemas["GateReport"];
export type GateTest = Schemas["GateTest"];
export type Build = Schemas["BuildResource"];
export type FleetBuild = Schemas["FleetBuildResource"];
export type Target = Schemas["TargetResource"];
export type Attempt = Schemas["AttemptResource"];
export type SearchHit = Schemas["SearchResource"];
export type DryRun = Schemas["DryRunResource"];
export type Trend = Schemas["TrendResource"];
export type TrendChoices = Schemas["TrendChoicesResource"];
export type VersionPair = Schemas["VersionPairResource"];
export type FlakyTest = Schemas["FlakyTestResource"];
export type BuildDetail = Schemas["BuildDetail"];
export type RunPoint = Schemas["RunPointResource"];
export type RunPhase = Schemas["RunPhaseResource"];
export type Rollout = Schemas["RolloutResource"];
export type RolloutFigures = Schemas["RolloutFiguresResource"];
export type RolloutTarget = Schemas["RolloutTargetResource"];
