import { UsageError } from '../../errors.ts';
import type { Result } from '../../result/schema.ts';
import { expandScenario } from '../../scenario/expand.ts';
import { loadScenario } from '../../scenario/load.ts';
import { calibrateUnlessStopped } from '../calibrate/calibrate.ts';
import { type BenchmarkOptions, resolveOptions } from '../options/resolve.ts';
import { openTarget } from './endpoint.ts';
import { measureSides, type RunHooks } from './measure.ts';

export type { RunHooks } from './measure.ts';
export type { WorkflowEvent } from './side.ts';

/**
 * Replays a scenario over every transport, round by round, and returns the result document.
 *
 * When `signal` aborts, what was measured so far comes back, with `run.complete` false.
 * @throws UsageError for options or a scenario that are no good, RunError if nothing could be measured.
 */
export async function runBenchmark(
  options: BenchmarkOptions = {},
  hooks: RunHooks = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Result> {
  const resolved = await resolveOptions(options);
  if (resolved.stop?.until !== undefined && resolved.transports.length < 2) {
    throw new UsageError(
      `until: expected at least two transports to compare, got ${resolved.transports.join(',')} alone`,
    );
  }
  const script = expandScenario(await loadScenario(resolved.scenario), resolved.seed);
  // First of all: an endpoint that is out of reach is known at once.
  const opened = await openTarget(resolved, script, signal);
  try {
    const calibration = resolved.calibrate ? await calibrateUnlessStopped(signal) : null;
    const side = { name: '', options: resolved, opened } as const;
    const [result] = await measureSides([side], script, calibration, hooks, signal);
    if (result === undefined) throw new Error('a side without a result');
    return result;
  } finally {
    await opened.close();
  }
}
