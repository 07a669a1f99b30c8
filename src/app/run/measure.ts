import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { RunError } from '../../errors.ts';
import { nowUs } from '../../measure/clock.ts';
import type { Calibration, Result } from '../../result/schema.ts';
import type { Round } from '../../runner/schedule.ts';
import { promptsOf } from '../../scenario/prompts.ts';
import type { Script } from '../../scenario/script.ts';
import { modelCallsOf } from '../../scenario/sub-agents.ts';
import { describeFailure } from '../endpoint/describe-failure.ts';
import { type Unquote, unquoteOf } from '../endpoint/quotes.ts';
import { planLoad } from '../generator/plan.ts';
import { startGenerator } from '../generator/start.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import { clockOf } from './clock.ts';
import { describeRun } from './describe-run.ts';
import { guardHooks } from './guard-hooks.ts';
import type { RunHooks } from './hooks.ts';
import { resultOf } from './result-of.ts';
import { roundEvent, roundsOf } from './rounds-of-side.ts';
import { runLoad } from './run-load.ts';
import { type Arm, type OpenSide, type Side, startSide } from './side.ts';
import { startTogether } from './start-together.ts';
import { watchStop } from './until.ts';
import { widestInterval } from './widest-interval.ts';

/** What the sides of a job have in common. */
interface Measurement {
  script: Script;
  /** How to measure. */
  options: ResolvedOptions;
  calibration: Calibration | null;
  hooks: RunHooks;
  signal: AbortSignal;
}

/**
 * The rounds of one endpoint, or of two interleaved: a round runs every transport of every side once, in its own
 * random order. The results come back in the order of the sides.
 * @throws RunError if nothing could be measured, or what a hook throws.
 */
export async function measureSides(
  opened: readonly OpenSide[],
  { script, options, calibration, hooks, signal }: Measurement,
): Promise<Result[]> {
  const { spend, iterations, stop: rule, warmup, concurrency, workers, startAt } = options;
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  // Every session in flight listens, however many there are.
  setMaxListeners(0, stop);
  const end = (): void => {
    ending.abort();
  };
  const { guarded, rethrow } = guardHooks(end);
  const unquote = unquoteOf(promptsOf(script));
  const onStep = guarded(hooks.onStep);
  const onWorkflow = guarded(hooks.onWorkflow);
  const plan = planLoad(script, opened);
  const generator = await startGenerator(plan, workers, { spend, end, signal: stop });
  const sides = opened.map((side, index) =>
    startSide(side, index, { plan, generator, unquote, onStep, onWorkflow, end }),
  );
  const arms = sides.flatMap((side) => side.arms);
  for (const { opened: endpoint } of sides) endpoint.gone?.addEventListener('abort', end);
  const stopping = watchStop(rule, widestInterval(sides), concurrency);
  const onPrecision = guarded(hooks.onPrecision);
  const tellRound = guarded(hooks.onRound);
  const ended: Round<Arm>[] = [];
  let crossed: 'threshold' | undefined;

  const together = await startTogether(startAt, stop);
  const began = {
    script,
    startAt: together,
    startedAt: new Date(),
    interleaved: sides.length > 1 ? randomUUID() : undefined,
    calibration,
  };
  const startedUs = nowUs();
  const headers = new Map(sides.map((side) => [side, describeRun(side, began)]));
  function onRound(round: Round<Arm>): void {
    ended.push(round);
    const precision = stopping.look(ended);
    if (precision !== undefined) onPrecision(precision);
    for (const side of sides) {
      crossed = tellRound(roundEvent(side, round, (nowUs() - startedUs) / 1000)) ?? crossed;
    }
    if (crossed !== undefined) end();
  }

  const onBegin = guarded(hooks.onBegin);
  for (const [{ name }, header] of headers) onBegin({ ...(name && { side: name }), header });
  guarded(hooks.onStart)({
    workflows: (iterations + warmup) * arms.length,
    stepsPerWorkflow: modelCallsOf(script),
    rounds: iterations,
    concurrency,
    arms: arms.length,
    atMost: rule !== undefined,
    ...(options.load && { byClock: true as const }),
    ...clockOf(options, arms.length),
  });
  const rounds = await runLoad(arms, options, () => stopping.enough(), {
    runSession: ({ arm, ...slot }) => arm.runSession(slot),
    onRound,
    signal: stop,
  }).catch(async (error: unknown) => {
    await generator.stop();
    throw error;
  });
  const noise = await generator.stop();
  rethrow();
  const stopReason = signal.aborted
    ? 'interrupted'
    : (crossed ?? spend?.exhausted ?? (ending.signal.aborted ? 'error' : undefined));
  const lost = sides.find((side) => side.opened.gone?.aborted)?.opened.gone?.reason as
    | RunError
    | undefined;
  if (stopReason === 'error' && rounds.length === 0) throw lost ?? outOfReach(sides, unquote);
  if (lost) guarded(hooks.onLost)(lost.message);

  const stopped = stopping.outcome(rounds, stopReason === undefined, iterations);
  const elapsedMs = (nowUs() - startedUs) / 1000;
  return [...headers].map(([side, header]) =>
    resultOf(header, {
      rounds: roundsOf(side, rounds),
      interToken: new Map(side.arms.map((arm) => [arm.name, arm.interToken])),
      elapsedMs,
      stopReason,
      stop: stopped,
      noise,
      refused: [...side.refused],
    }),
  );
}

function outOfReach(sides: readonly Side[], unquote: Unquote): RunError {
  for (const { reach, opened, options } of sides) {
    if (reach.failure) {
      const told = { ...opened.endpoint, unquote };
      return new RunError(describeFailure(reach.failure, told, options.request));
    }
  }
  return new RunError('nothing answered');
}
