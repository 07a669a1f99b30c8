import { UsageError } from '../errors.ts';
import type { Calibration, Result } from '../result/schema.ts';
import { expandScenario } from '../scenario/expand.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Script } from '../scenario/script.ts';
import { checkBudget } from './budget.ts';
import { calibrateUnlessStopped } from './calibrate/calibrate.ts';
import { checkOpenFiles } from './options/open-files.ts';
import { type BenchmarkOptions, type ResolvedOptions, resolveOptions } from './options/resolve.ts';
import { openTarget } from './run/endpoint.ts';
import type { RunHooks } from './run/hooks.ts';
import { measureSides } from './run/measure.ts';
import type { OpenSide, SideSpec } from './run/side.ts';

/** The sides of a job, one or more. */
type Sides = readonly [SideSpec, ...SideSpec[]];

/** A scenario to run against one endpoint, or interleaved against two: read and checked, nothing sent yet. */
export interface Job<Of extends Sides = readonly [SideSpec]> {
  /** The scenario as the user named it. */
  scenario: string;
  script: Script;
  sides: Of;
  /** Our own error; measured when it is first asked for, once for all jobs of a command. */
  calibration: (signal: AbortSignal) => Promise<Calibration | null>;
}

/**
 * A job for each of these scenarios, under the same options; each file is read once, here.
 * @param scenarios the one of the options unless told
 * @throws UsageError for options or a scenario that are no good.
 */
export async function prepareJobs(
  options: BenchmarkOptions,
  scenarios: readonly string[] = [],
): Promise<[Job, ...Job[]]> {
  const resolved = await resolveOptions(options);
  if (resolved.stop?.until !== undefined && resolved.transports.length < 2) {
    throw new UsageError(
      `until: expected at least two transports to compare, got ${resolved.transports.join(',')} alone`,
    );
  }
  checkOpenFiles(resolved);
  const calibration = calibrateOnce(resolved);
  const prepare = async (scenario: string | Script): Promise<Job> => {
    const script = await scriptOf(scenario, resolved.seed);
    const name = typeof scenario === 'string' ? scenario : script.name;
    return { scenario: name, script, sides: [{ options: resolved }], calibration };
  };
  const [first = resolved.scenario, ...others] = scenarios;
  const jobs: [Job, ...Job[]] = [await prepare(first)];
  // What is left for later ones, nobody knows yet.
  checkBudget(jobs[0].script, [resolved]);
  for (const scenario of others) jobs.push(await prepare(scenario));
  return jobs;
}

/** A scenario by its name or path with every byte decided by the seed; a script is that already. */
export async function scriptOf(scenario: string | Script, seed: number): Promise<Script> {
  return typeof scenario === 'string'
    ? expandScenario(await loadScenario(scenario), seed)
    : scenario;
}

/** A calibration that waits to be asked for, and is the same for all who ask. */
export function calibrateOnce({
  calibrate,
}: Pick<ResolvedOptions, 'calibrate'>): Job['calibration'] {
  let made: Promise<Calibration | null> | undefined;
  return (signal) => {
    made ??= calibrate ? calibrateUnlessStopped(signal) : Promise.resolve(null);
    return made;
  };
}

/**
 * The results of a job, one per side: its endpoints are opened, measured and closed. When `signal` aborts, what was
 * measured so far comes back.
 * @throws RunError if nothing could be measured.
 */
export async function runJob<Of extends Sides>(
  { script, sides, calibration }: Job<Of>,
  hooks: RunHooks,
  signal: AbortSignal,
): Promise<{ [Index in keyof Of]: Result }> {
  const open: OpenSide[] = [];
  try {
    // Before the calibration: an endpoint that is out of reach is known at once.
    for (const side of sides) {
      open.push({ ...side, opened: await openTarget(side.options, script, signal) });
    }
    const results = await measureSides(open, {
      script,
      options: sides[0].options,
      calibration: await calibration(signal),
      hooks,
      signal,
    });
    return results as { [Index in keyof Of]: Result };
  } finally {
    await Promise.all(open.map(({ opened }) => opened.close()));
  }
}
