import { defaultMargin, type GateOptions } from '../../app/gate.ts';
import { readResult } from '../../app/read-result.ts';
import { requireTransports } from '../../compare/gate/threshold-checks.ts';
import { parseThreshold, type Threshold } from '../../compare/gate/thresholds.ts';
import { UsageError } from '../../errors.ts';
import type { Result } from '../../result/schema.ts';
import { fileExists } from './file-exists.ts';
import type { GateFlags, MarginFlags } from './gate-flags.ts';

/** The plan of a gate as the flags ask for it, the baseline read. */
export interface GatePlan {
  thresholds: readonly Threshold[];
  options: GateOptions;
  /** Whether anything is asked for at all. */
  asked: boolean;
}

/**
 * The plan that the flags ask for, read before anything is measured.
 * @throws UsageError for a threshold that is none, or a baseline that is no result. A missing one is no mistake: the
 * first build has none.
 */
export async function gatePlanOf(flags: GateFlags): Promise<GatePlan> {
  const thresholds = (flags.threshold ?? []).map((text) => parseThreshold(text, '--threshold'));
  const baseline = flags.baseline === undefined ? undefined : await baselineIn(flags.baseline);
  return {
    thresholds,
    asked: thresholds.length > 0 || baseline !== undefined,
    options: {
      ...marginOf(flags),
      thresholds,
      ...(baseline && { baseline }),
      strict: flags.strict ?? false,
      requireBaseline: flags.requireBaseline ?? false,
    },
  };
}

/**
 * The plan of a ramp: its rates are there to cross the thresholds, so these say which workflows are good and no more.
 * @throws UsageError for a baseline: what all rates together took is compared with nothing
 */
export function withoutLimits({ options }: GatePlan): GatePlan {
  if (options.baseline !== undefined) {
    throw new UsageError('--baseline: goes with one rate, --ramp has many; leave one of them out');
  }
  return { thresholds: [], options: { ...options, thresholds: [] }, asked: false };
}

/**
 * The check that every threshold names a transport that runs.
 * @throws UsageError if one doesn't.
 */
export function checkPlan({ thresholds }: GatePlan, transports: readonly string[]): void {
  requireTransports(thresholds, transports);
}

/** What to warn of: limits that were given and guard nothing, as there is no baseline; nothing where all do. */
export function idleLimits({ baseline, maxRegression, minAbs, force }: GateFlags): string {
  const given = { '--max-regression': maxRegression, '--min-abs': minAbs, '--force': force };
  const idle = Object.entries(given).flatMap(([flag, value]) =>
    value === undefined ? [] : [flag],
  );
  if (baseline !== undefined || idle.length === 0) return '';
  return `warning: without --baseline ${idle.join(' and ')} ${idle.length === 1 ? 'guards' : 'guard'} nothing\n`;
}

/** The margin that the flags ask for, where they do. */
export function marginOf({ maxRegression, minAbs, force }: MarginFlags): {
  margin: { relative: number; absoluteUs: number };
  force: boolean;
} {
  return {
    margin: {
      relative: maxRegression ?? defaultMargin.relative,
      absoluteUs: minAbs === undefined ? defaultMargin.absoluteUs : minAbs * 1000,
    },
    force: force ?? false,
  };
}

async function baselineIn(fileOrFolder: string): Promise<Result | { missing: string }> {
  if (await fileExists(fileOrFolder)) return readResult(fileOrFolder);
  return { missing: `there is no result at ${fileOrFolder}` };
}
