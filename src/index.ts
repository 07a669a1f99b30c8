export { type CompareOptions, compareRuns } from './app/compare.ts';
export { type GateOptions, gate } from './app/gate.ts';
export {
  type InterleavedResults,
  type InterleaveOptions,
  runInterleaved,
} from './app/interleave.ts';
export type { RecoveryOptions } from './app/options/recovery.ts';
export type {
  BenchmarkOptions,
  EndpointOptions,
  MockRunOptions,
} from './app/options/resolve.ts';
export { type Spend, type SpendLimits, trackSpend } from './app/options/spend.ts';
export { type RunHooks, runBenchmark, type WorkflowEvent } from './app/run/run.ts';
export type { GateReport } from './compare/gate/report.ts';
export { parseThreshold, type Threshold } from './compare/gate/thresholds.ts';
export { RunError, UsageError } from './errors.ts';
export type { Profile } from './mock/profile/schema.ts';
export { type MockOptions, type RunningMock, startMock } from './mock/server.ts';
export type { Format } from './report/format-names.ts';
export type { ReportOptions } from './report/formats/options.ts';
export { gateReporters, reporters } from './report/index.ts';
export { readResult } from './result/read.ts';
export type { RoundRecord, StepRecord, WorkflowRecord } from './result/record.ts';
export type { Result } from './result/schema.ts';
export { expandScenario } from './scenario/expand.ts';
export { loadScenario } from './scenario/load.ts';
export type { Script } from './scenario/script.ts';
export type { TransportName } from './transport/index.ts';
