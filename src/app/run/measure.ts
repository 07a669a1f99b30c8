import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { RunError } from '../../errors.ts';
import { nowUs } from '../../measure/clock.ts';
import { watchNoise } from '../../measure/noise.ts';
import { isControl } from '../../result/control.ts';
import type { RoundRecord, WorkflowRecord } from '../../result/record.ts';
import type { Calibration, Result } from '../../result/schema.ts';
import { runRounds, type Slot } from '../../runner/schedule.ts';
import type { Script } from '../../scenario/script.ts';
import { describeFailure } from './describe-failure.ts';
import { describeRun } from './describe-run.ts';
import { resultOf } from './result-of.ts';
import { openSide, type Side, type SidePlan, type WorkflowEvent } from './side.ts';
import { type Precision, watchStop } from './until.ts';

/** What a run is going to do: so many sessions of so many steps each, warm-up included. */
interface RunPlan {
  workflows: number;
  stepsPerWorkflow: number;
  /** Whether it may end sooner. */
  atMost: boolean;
}

/** Told while a run goes on; all optional. Where two endpoints are interleaved, transports are called `base/ws` and alike. */
export interface RunHooks {
  /** The run begins. */
  onStart?: (plan: RunPlan) => void;
  /** A step ended. */
  onStep?: (slot: Slot) => void;
  onWorkflow?: (event: WorkflowEvent) => void;
  /** A run that goes on until its intervals are narrow took a look at them. */
  onPrecision?: (precision: Precision) => void;
  /**
   * A measured round ended: all that ended so far, of the candidate where two are interleaved. To return a reason
   * stops the run, and stands in its result.
   */
  onRound?: (rounds: readonly RoundRecord[]) => 'threshold' | undefined;
}

/**
 * Runs the rounds of one endpoint, or of two interleaved: a round runs every transport of every side once, in its own
 * random order. The first side's options say how; a result per side comes back.
 * @throws RunError if nothing could be measured.
 */
export async function measureSides(
  plans: readonly [SidePlan, ...SidePlan[]],
  script: Script,
  calibration: Calibration | null,
  hooks: RunHooks,
  signal: AbortSignal,
): Promise<Result[]> {
  const { spend, iterations, stop: rule, warmup, concurrency, seed } = plans[0].options;
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  // Every session in flight listens, however many there are.
  setMaxListeners(0, stop);
  const noise = watchNoise();
  const sides = plans.map((plan) =>
    openSide(plan, {
      script,
      noise,
      onStep: hooks.onStep,
      onWorkflow: hooks.onWorkflow,
      end: () => {
        ending.abort();
      },
      signal: stop,
    }),
  );
  const bySlot = new Map(sides.flatMap((side) => [...side.slots.keys()].map((key) => [key, side])));
  const transports = [...bySlot.keys()];
  const ended = collectRounds(transports.length);
  const stopping = watchStop(rule, primaryPairs(sides), concurrency);
  let crossed: 'threshold' | undefined;

  async function runSession(slot: Slot): Promise<WorkflowRecord> {
    const side = bySlot.get(slot.transport);
    if (side === undefined) throw new Error(`${slot.transport} is not part of this run`);
    const record = await side.runSession(slot);
    const rounds = slot.warmup || stop.aborted ? undefined : ended(slot, record);
    if (rounds !== undefined) {
      const precision = stopping.look(rounds);
      if (precision !== undefined) hooks.onPrecision?.(precision);
    }
    const judged = sides.at(-1);
    if (rounds !== undefined && judged !== undefined && crossed === undefined && hooks.onRound) {
      crossed = hooks.onRound(roundsOf(judged, rounds));
      if (crossed !== undefined) ending.abort();
    }
    return record;
  }

  const began = {
    script,
    startedAt: new Date(),
    interleaved: sides.length > 1 ? randomUUID() : undefined,
    calibration,
  };
  const startedUs = nowUs();
  const headers = new Map(sides.map((side) => [side, describeRun(side, began)]));
  hooks.onStart?.({
    workflows: (iterations + warmup) * transports.length,
    stepsPerWorkflow: script.turns.length,
    atMost: rule !== undefined,
  });
  const rounds = await runRounds(
    {
      transports,
      rounds: iterations,
      enough: () => stopping.enough(),
      warmupRounds: warmup,
      concurrency,
      seed,
    },
    runSession,
    stop,
  ).finally(noise.stop);
  const stopReason = signal.aborted
    ? 'interrupted'
    : (crossed ?? spend?.exhausted ?? (ending.signal.aborted ? 'error' : undefined));
  if (stopReason === 'error' && rounds.length === 0) throw outOfReach(sides);

  const stopped = stopping.outcome(rounds, stopReason === undefined, iterations);
  const elapsedMs = (nowUs() - startedUs) / 1000;
  return [...headers].map(([side, header]) =>
    resultOf(header, {
      rounds: roundsOf(side, rounds),
      interToken: side.interToken,
      elapsedMs,
      stopReason,
      stop: stopped,
      noise: noise.stop(),
    }),
  );
}

/** Keys of what is compared first of all: candidates with the base, or where two sides are interleaved, these. */
function primaryPairs([base, candidate]: readonly Side[]): [string, string][] {
  const keys = [...(base?.slots.keys() ?? [])];
  if (candidate !== undefined) {
    return keys.flatMap((key, index) => {
      const other = [...candidate.slots.keys()][index];
      return other === undefined ? [] : [[key, other]];
    });
  }
  const [first, ...others] = keys.filter((key) => !isControl(key));
  return others.flatMap((other) => (first === undefined ? [] : [[first, other]]));
}

/** Puts sessions together to rounds; returns all rounds that ended so far, whenever one did. */
function collectRounds(
  sessionsPerRound: number,
): (slot: Slot, record: WorkflowRecord) => RoundRecord[] | undefined {
  const underWay = new Map<number, RoundRecord>();
  const ended: RoundRecord[] = [];
  return ({ round: index, transport }, record) => {
    const round = underWay.get(index) ?? { index, order: [], workflows: {} };
    underWay.set(index, round);
    round.order.push(transport);
    round.workflows[transport] = record;
    if (round.order.length < sessionsPerRound) return undefined;
    ended.push(round);
    return ended;
  };
}

/** A side's part of the rounds, its arms by their own names. */
function roundsOf({ slots }: Side, rounds: readonly RoundRecord[]): RoundRecord[] {
  return rounds
    .map(({ index, order, workflows }) => ({
      index,
      order: order.flatMap((key) => slots.get(key)?.name ?? []),
      workflows: Object.fromEntries(
        Object.entries(workflows).flatMap(([key, workflow]) => {
          const arm = slots.get(key);
          return arm === undefined ? [] : [[arm.name, workflow]];
        }),
      ),
    }))
    .filter(({ workflows }) => Object.keys(workflows).length > 0);
}

function outOfReach(sides: readonly Side[]): RunError {
  for (const { reach, opened } of sides) {
    if (reach.failure) return new RunError(describeFailure(reach.failure, opened.endpoint));
  }
  return new RunError('nothing answered');
}
