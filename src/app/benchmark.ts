import type { Result } from '../result/schema.ts';
import { prepareJobs, runJob } from './job.ts';
import type { BenchmarkOptions } from './options/resolve.ts';
import type { RunHooks } from './run/hooks.ts';

/** The options of a run: what is measured, who is told of it, and what stops it; everything has a default. */
export interface RunBenchmarkOptions extends BenchmarkOptions, RunHooks {
  /** Ends the run: what was measured so far comes back, with `run.complete` false. @default never aborted */
  signal?: AbortSignal;
}

/**
 * The result document of a scenario replayed over every transport, round by round.
 * @throws UsageError for options or a scenario that are no good, RunError if nothing could be measured.
 */
export async function runBenchmark(options: RunBenchmarkOptions = {}): Promise<Result> {
  const { signal = new AbortController().signal } = options;
  const [job] = await prepareJobs(options);
  const [result] = await runJob(job, options, signal);
  return result;
}
