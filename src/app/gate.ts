import { pairsToConfirm } from '../compare/change/pairs-to-confirm.ts';
import { arePaired } from '../compare/change/results.ts';
import { fingerprintDifferences } from '../compare/gate/fingerprint.ts';
import { checkRegressions } from '../compare/gate/regressions.ts';
import {
  GATE_SCHEMA,
  type GateCheck,
  type GateReport,
  type RegressionCheck,
} from '../compare/gate/report.ts';
import { checkThresholds } from '../compare/gate/threshold-checks.ts';
import type { Threshold } from '../compare/gate/thresholds.ts';
import type { Margin } from '../compare/gate/verdict.ts';
import { toolVersion } from '../result/environment.ts';
import type { Result } from '../result/schema.ts';

/** What a result is held against. */
export interface GateOptions {
  /** What the result is compared with; a string says why there is nothing. @default nothing was asked for */
  baseline?: Result | { missing: string };
  /** @default none */
  thresholds?: readonly Threshold[];
  /** @default 5 % and 2 ms */
  margin?: Margin;
  /** An inconclusive check, or a machine unfit to measure, gives exit code 4. @default false */
  strict?: boolean;
  /** A baseline that is missing or not alike gives exit code 5. @default false */
  requireBaseline?: boolean;
  /** Compares results that were not measured alike too; what comes of it only advises. @default false */
  force?: boolean;
}

/** How much slower a candidate may be before it counts. */
export const defaultMargin: Margin = { relative: 0.05, absoluteUs: 2000 };

/** Which exit code wins where several apply. */
const exitPrecedence: readonly number[] = [130, 1, 99, 3, 5, 4];

/**
 * Holds a result against thresholds and a baseline. Pure: what comes of it is data, with the exit code that a build
 * should end with.
 */
export function gate(candidate: Result, options: GateOptions = {}): GateReport {
  const { baseline, thresholds = [], margin = defaultMargin, strict = false } = options;
  const base = baseline === undefined || 'missing' in baseline ? undefined : baseline;
  const differences = base === undefined ? [] : fingerprintDifferences(base, candidate);
  const otherWork = differences.some(({ machine }) => !machine);
  const compared = base !== undefined && (!otherWork || options.force === true);
  const advisory = differences.length > 0;
  const checks: GateCheck[] = [
    ...checkThresholds(thresholds, candidate),
    ...(compared ? checkRegressions(base, candidate, margin) : []),
  ];
  const warnings = [
    ...baselineWarnings(options, differences, compared),
    ...(compared && !advisory && !arePaired(base, candidate) ? [notInterleaved] : []),
    ...vainWarnings(checks),
    ...(compared ? resultWarnings(base).map(ofBase) : []),
    ...resultWarnings(candidate),
  ];
  const notComparable = baseline !== undefined && (base === undefined || advisory);
  const exitCodes = [
    ...(completedNothing(candidate) ? [1] : []),
    ...checks.flatMap((check) => exitCodesOf(check, advisory, strict)),
    ...(notComparable && options.requireBaseline === true ? [5] : []),
    ...(strict && candidate.warnings.some(({ code }) => code === 'unfit') ? [4] : []),
  ];
  return {
    schema: GATE_SCHEMA,
    tool: { name: 'agent-latency-bench', version: toolVersion() },
    base: base === undefined ? null : sideOf(base),
    candidate: sideOf(candidate),
    interleaved: base?.run.interleaved !== undefined && arePaired(base, candidate),
    margin,
    advisory,
    differences,
    checks,
    warnings,
    verdict: verdictOf(checks.filter(({ level }) => level === 'error')),
    exitCode: firstOf(exitCodes),
  };
}

/** The exit code that wins; 0 if there is none. */
export function firstOf(exitCodes: readonly number[]): number {
  return exitPrecedence.find((code) => exitCodes.includes(code)) ?? 0;
}

/** Warnings of a result without which its figures would be misread. */
const passedOn: ReadonlySet<string> = new Set(['unfit', 'outcomes_differ', 'fell_back']);

function exitCodesOf(check: GateCheck, advisory: boolean, strict: boolean): number[] {
  if (check.level === 'warn' || (advisory && isRegressionCheck(check))) return [];
  switch (check.verdict) {
    case 'pass':
      return [];
    case 'crossed':
      return [99];
    case 'regression':
      return [3];
    case 'inconclusive':
      return strict ? [4] : [];
  }
}

function isRegressionCheck(check: GateCheck): check is RegressionCheck {
  return check.kind === 'regression';
}

function verdictOf(checks: readonly GateCheck[]): GateReport['verdict'] {
  if (checks.length === 0) return 'none';
  const verdicts = new Set(checks.map(({ verdict }) => verdict));
  const worst = (['crossed', 'regression', 'inconclusive'] as const).find((verdict) =>
    verdicts.has(verdict),
  );
  return worst ?? 'pass';
}

function completedNothing({ run, transports }: Result): boolean {
  const completed = Object.values(transports).some(({ workflows }) => workflows.completed > 0);
  return !completed && run.stopReason !== 'interrupted';
}

function sideOf({ run, rounds }: Result): GateReport['candidate'] {
  const { kind, url, profile } = run.endpoint;
  return {
    id: run.id,
    startedAt: run.startedAt,
    scenario: run.scenario.name,
    endpoint: kind === 'url' ? url : `bundled mock, profile ${profile?.name ?? 'unknown'}`,
    rounds: rounds.length,
    complete: run.complete,
  };
}

type Warnings = GateReport['warnings'];

function baselineWarnings(
  { baseline, force }: GateOptions,
  differences: GateReport['differences'],
  compared: boolean,
): Warnings {
  if (baseline === undefined) return [];
  if ('missing' in baseline) {
    return [{ code: 'baseline_missing', message: `no baseline: ${baseline.missing}` }];
  }
  if (differences.length === 0) return [];
  const named = differences.map(({ key, base, candidate }) => `${key} ${base}, now ${candidate}`);
  const list = named.join('; ');
  if (!compared) {
    const message = `not compared: the baseline measured something else (${list}); --force compares anyway`;
    return [{ code: 'baseline_unlike', message }];
  }
  const message =
    force === true
      ? `the two were not measured alike (${list}): what follows only advises`
      : `the baseline is from another machine (${list}): what follows only advises`;
  return [{ code: 'advisory', message }];
}

const notInterleaved = {
  code: 'not_interleaved',
  message:
    'the two runs were not interleaved: what drifted between them counts as a difference; gate --base-url … --url … measures both in one job',
};

/** Where even the clearest slowdown would stay inconclusive: a gate that can't fail says so. */
function vainWarnings(checks: readonly GateCheck[]): Warnings {
  const tested = checks.filter(isRegressionCheck).flatMap(({ pairs, test }) => {
    return pairs !== null && test?.name === 'wilcoxon' ? [pairs] : [];
  });
  const most = Math.max(...tested);
  const needed = pairsToConfirm(tested.length);
  if (tested.length === 0 || most >= needed) return [];
  const message = `${most === 1 ? '1 pair' : `${most} pairs`} of rounds can't confirm a slowdown of any size in ${tested.length} comparisons: -n ${needed} is the least`;
  return [{ code: 'too_few_rounds', message }];
}

function ofBase({ code, message }: Warnings[number]): Warnings[number] {
  return { code, message: `base: ${message}` };
}

function resultWarnings({ run, warnings, transports }: Result): Warnings {
  const failed = Object.entries(transports).filter(([, { workflows }]) => workflows.failed > 0);
  return [
    ...(run.complete
      ? []
      : [
          {
            code: 'incomplete',
            message: `the run is not complete (${run.stopReason ?? 'stopped'})`,
          },
        ]),
    ...failed.map(([name, { workflows }]) => ({
      code: 'failed_workflows',
      message: `${name}: ${workflows.failed} of ${workflows.attempted} workflows failed; times are of those that completed`,
    })),
    ...warnings
      .filter(({ code }) => passedOn.has(code))
      .map(({ code, message }) => ({ code, message })),
  ];
}
