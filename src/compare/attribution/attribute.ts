import type { Attribution, TimePart } from '../../result/attribution.ts';
import { timeParts } from '../../result/attribution.ts';
import { stepsOf } from '../../result/query.ts';
import type { RoundRecord, WorkflowRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { breakEven } from './break-even.ts';
import { type ArmTimes, ladderBranches, ladderRungs } from './ladder.ts';
import { declaresStages, type SplitBy, timePartsUs } from './time-parts.ts';

/** A server may round; what it declares beyond the time that passed is more than that. */
const CONTRADICTION_LIMIT = 0.01;

type Arms = ReadonlyMap<string, readonly WorkflowRecord[]>;

/**
 * Where the time went, and what made the difference: over the rounds that every arm completed as what it is, so that all
 * figures speak of the same rounds. An arm that never did is left out; null if nothing is left.
 * @param rttMs of the emulated link, if there is one
 */
export function attribute(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
  rttMs: number | null,
): Attribution | null {
  const arms = cleanArms(transports, rounds);
  const [first] = arms.values();
  if (first === undefined || first.length === 0) return null;
  const rttUs = rttMs === null ? null : rttMs * 1000;
  const declared = [...arms.values()].flat().every(declaresStages);
  const split = splitArms(arms, { rttUs, stages: declared });
  const contradicted =
    declared && (Object.values(split).some(declaresTooMuch) || !hasAccount(arms));
  const means = contradicted ? splitArms(arms, { rttUs, stages: false }) : split;
  const times = new Map(
    [...arms].map(([name, workflows]): [string, ArmTimes] => [
      name,
      { meanUs: means[name]?.e2eUs ?? NaN, e2eUs: workflows.map(({ e2eUs }) => e2eUs) },
    ]),
  );
  return {
    rounds: first.length,
    serverStages: contradicted ? 'contradicted' : declared ? 'declared' : 'undeclared',
    arms: means,
    ladder: ladderRungs(times),
    branches: ladderBranches(times),
    breakEven: breakEvens(transports[0], arms),
  };
}

/** The arms of an attribution whose server says of every step what it did, and those where it doesn't. */
export function declaringArms({ rounds, run }: Pick<Result, 'rounds' | 'run'>): {
  declaring: string[];
  silent: string[];
} {
  const arms = [...cleanArms(run.options.transports, rounds)];
  const declares = ([, workflows]: (typeof arms)[number]): boolean =>
    workflows.every(declaresStages);
  return {
    declaring: arms.filter(declares).map(([name]) => name),
    silent: arms.filter((arm) => !declares(arm)).map(([name]) => name),
  };
}

/** Every arm's workflows of the rounds in which all of them completed, none over another transport than its own. */
function cleanArms(transports: readonly string[], rounds: readonly RoundRecord[]): Arms {
  const isClean = (workflow: WorkflowRecord | undefined): boolean =>
    workflow?.state === 'completed' && workflow.fellBack !== true;
  const names = transports.filter((name) =>
    rounds.some(({ workflows }) => isClean(workflows[name])),
  );
  const common = rounds.filter(({ workflows }) => names.every((name) => isClean(workflows[name])));
  return new Map(
    names.map((name) => [name, common.flatMap(({ workflows }) => workflows[name] ?? [])]),
  );
}

function splitArms(arms: Arms, by: SplitBy): Attribution['arms'] {
  return Object.fromEntries([...arms].map(([name, workflows]) => [name, meanParts(workflows, by)]));
}

/** Rounded along their running total, so that they add up to the rounded whole. */
function meanParts(workflows: readonly WorkflowRecord[], by: SplitBy): Attribution['arms'][string] {
  const splits = workflows.map((workflow) => timePartsUs(workflow, by));
  const parts: Partial<Record<TimePart, number>> = {};
  let exactUs = 0;
  let e2eUs = 0;
  for (const part of timeParts) {
    exactUs += splits.reduce((sum, split) => sum + (split.get(part) ?? 0), 0) / splits.length;
    const us = Math.round(exactUs) - e2eUs;
    if (us !== 0) parts[part] = us;
    e2eUs += us;
  }
  return { e2eUs, parts };
}

function declaresTooMuch({ e2eUs, parts }: Attribution['arms'][string]): boolean {
  return (parts.undeclared ?? 0) < -CONTRADICTION_LIMIT * e2eUs;
}

/** Whether the server is believed in any step at all. */
function hasAccount(arms: Arms): boolean {
  return [...arms.values()]
    .flat()
    .some((workflow) => stepsOf(workflow).some(({ server }) => server));
}

/** WebSocket mode against the HTTP that it would replace, and against the base of the run. */
function breakEvens(base: string | undefined, arms: Arms): Attribution['breakEven'] {
  const candidates = arms.get('ws') ?? [];
  const bases = new Set(['http-keepalive', base ?? ''].filter((name) => name.startsWith('http')));
  return [...bases].flatMap((name) => {
    const before = arms.get(name) ?? [];
    const pairs = before.flatMap((workflow, round) => {
      const candidate = candidates[round];
      return candidate === undefined ? [] : [[workflow, candidate] as const];
    });
    return breakEven(name, 'ws', pairs) ?? [];
  });
}
