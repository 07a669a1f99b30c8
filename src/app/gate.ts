import { pairsToConfirm } from '../compare/change/pairs-to-confirm.ts';
import { arePaired } from '../compare/change/results.ts';
import { cachedShares } from '../compare/gate/cached-shares.ts';
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
import type { Result, Warning } from '../result/schema.ts';
import { hasWarning, type WarningCode, type WarningFacts } from '../result/warnings/kinds.ts';
import { wordWarning } from '../result/warnings/words.ts';
import { toolVersion } from '../tool-version.ts';

/** The limits and the baseline that a result is held against. */
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

/** The slowdown of a candidate that doesn't count yet. */
export const defaultMargin: Margin = { relative: 0.05, absoluteUs: 2000 };

/** Which exit code wins where several apply. */
const exitPrecedence: readonly number[] = [130, 1, 99, 3, 5, 4];

/**
 * The verdict on a result, held against thresholds and a baseline. Pure: it is data, with the exit code that a build
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
  const apart = compared && !advisory && !arePaired(base, candidate);
  const facts: WarningFacts[] = [
    ...baselineWarnings(options, differences, compared),
    ...(apart ? [{ code: 'not_interleaved' as const }] : []),
    ...vainWarnings(checks),
  ];
  const warnings = [
    ...facts.map(wordWarning),
    ...(compared ? resultWarnings(base).map(ofBase) : []),
    ...resultWarnings(candidate),
  ];
  const notComparable = baseline !== undefined && (base === undefined || advisory);
  const exitCodes = [
    ...(completedNothing(candidate) ? [1] : []),
    ...checks.flatMap((check) => exitCodesOf(check, advisory, strict)),
    ...(notComparable && options.requireBaseline === true ? [5] : []),
    ...(strict && hasWarning(candidate, 'unfit') ? [4] : []),
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
    cachedShares: compared ? cachedShares(base, candidate) : [],
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
const passedOn: ReadonlySet<string> = new Set<WarningCode>([
  'unfit',
  'outcomes_differ',
  'fell_back',
]);

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
  const { kind, url, profile, cacheOff, fault } = run.endpoint;
  const simulated = [
    `profile ${profile?.name ?? 'unknown'}`,
    ...(cacheOff === undefined ? [] : [`without ${cacheOff.join(', ')}`]),
    ...(fault === undefined ? [] : [`faults ${fault}`]),
  ].join(', ');
  const who = profile === null ? url : `${url} (our mock, ${simulated})`;
  return {
    id: run.id,
    startedAt: run.startedAt,
    scenario: run.scenario.name,
    endpoint: kind === 'url' ? who : `bundled mock, ${simulated}`,
    rounds: rounds.length,
    complete: run.complete,
  };
}

function baselineWarnings(
  { baseline, force = false }: GateOptions,
  differences: GateReport['differences'],
  compared: boolean,
): WarningFacts[] {
  if (baseline === undefined) return [];
  if ('missing' in baseline) return [{ code: 'baseline_missing', reason: baseline.missing }];
  if (differences.length === 0) return [];
  return compared
    ? [{ code: 'advisory', differences, forced: force }]
    : [{ code: 'baseline_unlike', differences }];
}

/** Where even the clearest slowdown would stay inconclusive: a gate that can't fail says so. */
function vainWarnings(checks: readonly GateCheck[]): WarningFacts[] {
  const tested = checks.filter(isRegressionCheck).flatMap(({ pairs, test }) => {
    return pairs !== null && test?.name === 'wilcoxon' ? [pairs] : [];
  });
  const most = Math.max(...tested);
  const needed = pairsToConfirm(tested.length);
  if (tested.length === 0 || most >= needed) return [];
  const comparisons = tested.length;
  return [{ code: 'too_few_rounds', pairs: most, comparisons, neededRounds: needed }];
}

function ofBase({ code, message }: Warning): Warning {
  return { code, message: `base: ${message}` };
}

function resultWarnings(result: Result): Warning[] {
  const { run, warnings, transports } = result;
  const failed = Object.entries(transports).filter(([, { workflows }]) => workflows.failed > 0);
  const facts: WarningFacts[] = [
    ...(run.complete ? [] : [{ code: 'incomplete' as const, stopReason: run.stopReason }]),
    ...failed.map(([transport, { workflows }]) => ({
      code: 'failed_workflows' as const,
      transport,
      workflows: workflows.failed,
      allWorkflows: workflows.attempted,
    })),
  ];
  return [
    ...facts.map(wordWarning),
    ...warnings
      .filter(({ code }) => passedOn.has(code))
      .map(({ code, message }) => ({ code, message })),
  ];
}
