export { type RunBenchmarkOptions, runBenchmark } from './app/benchmark.ts';
export { type CalibrateOptions, calibrate } from './app/calibrate/calibrate.ts';
export { type CompareOptions, compareRuns } from './app/compare.ts';
export { type EstimateOptions, estimate, estimateRequirements } from './app/estimate.ts';
export { type GateOptions, gate } from './app/gate.ts';
export {
  type InterleavedResults,
  type InterleaveOptions,
  type RunInterleavedOptions,
  runInterleaved,
} from './app/interleave.ts';
export type { Part } from './app/merge/part.ts';
export { type MergeOptions, mergeResults } from './app/merge.ts';
export type { EndpointOptions } from './app/options/endpoint.ts';
export type { LoadOptions } from './app/options/load.ts';
export type { RecoveryOptions } from './app/options/recovery.ts';
export type { RequestOptions } from './app/options/request.ts';
export type {
  BenchmarkOptions,
  MockRunOptions,
} from './app/options/resolve.ts';
export type { ProviderName } from './app/options/settings/providers.ts';
export type { LoadStage } from './app/options/settings/stages.ts';
export type { Shard } from './app/options/shard.ts';
export { type Spend, type SpendLimits, trackSpend } from './app/options/spend.ts';
export type { StopOptions } from './app/options/stop.ts';
export { readResult } from './app/read-result.ts';
export type {
  BeginEvent,
  RoundEvent,
  RunHooks,
  RunSize,
  SessionPlace,
  SideName,
  WorkflowEvent,
} from './app/run/hooks.ts';
export type { Precision } from './app/run/until.ts';
export type { GateCheck, GateReport } from './compare/gate/report.ts';
export { parseThreshold, type Threshold } from './compare/gate/thresholds.ts';
export type { Margin } from './compare/gate/verdict.ts';
export { type Aim, type Plan, planRounds } from './compare/rounds/plan.ts';
export { RunError, UsageError } from './errors.ts';
export type { Estimate } from './estimate/estimate.ts';
export type { Requirement } from './estimate/requirements.ts';
export type { FaultRule } from './mock/fault/spec.ts';
export type { CacheLimits } from './mock/memory/session-cache.ts';
export type { SoleScript } from './mock/model/models.ts';
export type { Profile } from './mock/profile/schema.ts';
export { type FaultSetup, type MockOptions, type RunningMock, startMock } from './mock/server.ts';
export type { ConnectionLimits } from './mock/wire/limits.ts';
export type { LinkSettings } from './network/link.ts';
export type { LinkPresetName } from './network/link-presets.ts';
export type { ReportOptions } from './report/formats/options.ts';
export type { Format } from './report/index.ts';
export { gateReporters, reporters } from './report/index.ts';
export type { RoundRecord, StepRecord, WorkflowRecord } from './result/record.ts';
export type { Calibration, Result } from './result/schema.ts';
export { writeResult } from './result/write.ts';
export type { OutcomeItem } from './runner/records/answer.ts';
export { expandScenario } from './scenario/expand.ts';
export { type LoadedScenario, loadScenario } from './scenario/load.ts';
export type { Script } from './scenario/script.ts';
export type { TransportName } from './transport/index.ts';
