import { groupBy } from '../../group-by.ts';
import type { LoadFigures, LoadLevel, RateRecord, UnderLoad } from '../../result/load/schema.ts';
import { latencyUsOf } from '../../result/query.ts';
import type { RoundRecord, WorkflowRecord } from '../../result/record.ts';
import { drift } from '../../stats/drift.ts';
import { median, nearestRank } from '../../stats/percentile.ts';
import { parseThreshold, type Threshold } from '../gate/thresholds.ts';
import { isGood } from './good.ts';
import { kneeOf } from './knee.ts';

/** What came of a load that was a rate: the rounds of every rate that was held, and where `--ramp` looked for them, the knees. */
export function loadFigures(
  transports: readonly string[],
  load: RateRecord,
  rounds: readonly RoundRecord[],
): LoadFigures {
  const limits = (load.goodWithin ?? []).map((text) => parseThreshold(text, 'goodWithin'));
  const groups = groupBy(rounds, ({ arrival }) => arrival?.perSecond);
  const levels = [...groups].map(([perSecond, own]): LoadLevel => {
    const rows = transports.map((name) => [name, underLoad(name, own, limits)] as const);
    return { perSecond: perSecond ?? steadyRate(load), transports: Object.fromEntries(rows) };
  });
  if (load.ramp !== true) return { levels };
  const knees = transports.map((name) => [name, kneeOf(name, levels)] as const);
  return { levels, knees: Object.fromEntries(knees) };
}

/** The rate that was held all the time. */
function steadyRate({ stages, ramp }: RateRecord): number | null {
  const rates = new Set(stages.map(({ perSecond }) => perSecond));
  const [first = null] = rates;
  return ramp === true || rates.size > 1 || stages[0]?.durationMs !== 0 ? null : first;
}

/** A workflow and when it came and went, in µs of its window. */
interface Stay {
  workflow: WorkflowRecord;
  dueUs: number;
  beganUs: number;
  endedUs: number;
}

/** How one transport did under the load of these rounds. */
export function underLoad(
  name: string,
  rounds: readonly RoundRecord[],
  limits: readonly Threshold[],
): UnderLoad {
  const windows = [...groupBy(rounds, ({ arrival }) => arrival?.window).values()].map((own) =>
    own.flatMap((round) => stayOf(round, name)),
  );
  const all = windows.flat();
  const completed = all.filter(({ workflow }) => workflow.state === 'completed');
  const good = completed.filter(({ workflow }) => isGood(workflow, name, limits)).length;
  const completedPerSecond = perSecondOf(
    windows.map((own) => own.filter(isComplete).map(({ endedUs }) => endedUs)),
  );
  const judged = limits.length > 0;
  const latencies = ascending(completed.map(({ workflow }) => latencyUsOf(workflow)));
  const services = ascending(completed.map(({ workflow }) => workflow.e2eUs));
  return {
    arrivals: all.length,
    completed: completed.length,
    good: judged ? good : null,
    offeredPerSecond: perSecondOf(windows.map((own) => own.map(({ dueUs }) => dueUs))),
    completedPerSecond,
    goodPerSecond:
      judged && completedPerSecond !== null ? (completedPerSecond * good) / completed.length : null,
    latencyP50Us: nearestRank(latencies, 50) ?? null,
    latencyP99Us: nearestRank(latencies, 99) ?? null,
    serviceP50Us: nearestRank(services, 50) ?? null,
    serviceP99Us: nearestRank(services, 99) ?? null,
    growth: median(windows.flatMap((own) => growthOf(own.filter(isComplete)) ?? [])) ?? null,
    heldBack: all.filter(({ workflow }) => workflow.heldBack).length,
    mostOpen: Math.max(0, ...windows.map(mostOpen)),
  };
}

function stayOf({ arrival, workflows }: RoundRecord, name: string): Stay[] {
  const workflow = workflows[name];
  if (arrival === undefined || workflow === undefined) return [];
  const { steps, e2eUs, dispatchDelayUs = 0 } = workflow;
  // What the user thinks is not the workflow's time, but its session is open meanwhile.
  const thoughtUs = steps.slice(1).reduce((sum, { thinkUs = 0 }) => sum + thinkUs, 0);
  const beganUs = arrival.atUs + dispatchDelayUs;
  return [{ workflow, dueUs: arrival.atUs, beganUs, endedUs: beganUs + e2eUs + thoughtUs }];
}

function isComplete({ workflow }: Stay): boolean {
  return workflow.state === 'completed';
}

/**
 * How often something happened, by the time between its first and last in each window: neither the time until the first
 * workflow is done nor the one in which the last are worked off makes it look rarer. Null where no window saw two.
 */
function perSecondOf(windows: readonly (readonly number[])[]): number | null {
  let times = 0;
  let spanUs = 0;
  for (const own of windows) {
    if (own.length < 2) continue;
    times += own.length - 1;
    spanUs += own.reduce((a, b) => Math.max(a, b)) - own.reduce((a, b) => Math.min(a, b));
  }
  return spanUs === 0 ? null : (times / spanUs) * 1e6;
}

/** The trend test takes time by the square of what it is given. */
const MOST_VALUES = 400;
const FEWEST_VALUES = 5;

/** The slope of the latencies over the times at which they were due, as Theil and Sen have it. */
function growthOf(stays: readonly Stay[]): number | null {
  const stride = Math.ceil(stays.length / MOST_VALUES);
  const some = stays.toSorted((a, b) => a.dueUs - b.dueUs).filter((_, at) => at % stride === 0);
  const [first] = some;
  const last = some.at(-1);
  if (some.length < FEWEST_VALUES || first === undefined || last === undefined) return null;
  const spacingUs = (last.dueUs - first.dueUs) / (some.length - 1);
  const found = drift(some.map(({ workflow }) => latencyUsOf(workflow)));
  return found === undefined || spacingUs === 0 ? null : found.slope / spacingUs;
}

function mostOpen(stays: readonly Stay[]): number {
  const begins = ascending(stays.map(({ beganUs }) => beganUs));
  const ends = ascending(stays.map(({ endedUs }) => endedUs));
  let ended = 0;
  let most = 0;
  for (const [begun, atUs] of begins.entries()) {
    while ((ends[ended] ?? Infinity) <= atUs) ended++;
    most = Math.max(most, begun + 1 - ended);
  }
  return most;
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
