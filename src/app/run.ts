import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { compareTransports } from '../compare/transports.ts';
import { RunError } from '../errors.ts';
import { createHistogram, type Histogram, recordUs } from '../measure/histogram.ts';
import { watchNoise } from '../measure/noise.ts';
import { buildResult } from '../result/build.ts';
import { readEnvironment, toolVersion } from '../result/environment.ts';
import type { WorkflowRecord } from '../result/record.ts';
import type { Calibration, Result, RunOptionsRecord } from '../result/schema.ts';
import type { OutcomeItem } from '../runner/outcome.ts';
import { defaultRecovery } from '../runner/recovery.ts';
import { runRounds, type Slot } from '../runner/schedule.ts';
import { runWorkflow } from '../runner/workflow.ts';
import { expandScenario } from '../scenario/expand.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Script } from '../scenario/script.ts';
import { type TransportName, transports } from '../transport/index.ts';
import { calibrate } from './calibrate.ts';
import { describeFailure } from './describe-failure.ts';
import { type BenchmarkOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { watchReach } from './reach.ts';
import { redactRecord } from './redact.ts';
import { openSessions } from './sessions.ts';
import { type OpenTarget, openTarget } from './target.ts';

/** Told while a run goes on; all optional. */
export interface RunHooks {
  /** The run begins: so many sessions of so many steps each, warm-up included. */
  onStart?: (plan: { workflows: number; stepsPerWorkflow: number }) => void;
  /** A step ended. */
  onStep?: (slot: Slot) => void;
  onWorkflow?: (event: WorkflowEvent) => void;
}

/** A session ended. */
export interface WorkflowEvent extends Slot {
  record: WorkflowRecord;
  /** Calls and texts of the model, in their order. */
  outcome: readonly OutcomeItem[];
  /** Why it failed, in words fit for the terminal. */
  failure?: string;
}

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
  const resolved = resolveOptions(options);
  const script = expandScenario(await loadScenario(resolved.scenario), resolved.seed);
  // First of all: an endpoint that is out of reach is known at once.
  const opened = await openTarget(resolved, script, signal);
  try {
    const calibration = resolved.calibrate ? await calibrateUnlessStopped(signal) : null;
    return await measure(resolved, script, opened, calibration, hooks, signal);
  } finally {
    await opened.close();
  }
}

async function measure(
  options: ResolvedOptions,
  script: Script,
  { endpoint, model }: OpenTarget,
  calibration: Calibration | null,
  hooks: RunHooks,
  signal: AbortSignal,
): Promise<Result> {
  const { spend, iterations, warmup, seed } = options;
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  // Every session in flight listens, however many there are.
  setMaxListeners(0, stop);
  const interToken = new Map<string, Histogram>();
  for (const name of options.transports) interToken.set(name, createHistogram());
  const sessions = new Map(
    options.transports.map((name) => [name, openSessions(name, endpoint, options.recovery)]),
  );
  const noise = watchNoise();
  const reach = watchReach(options.transports);

  async function runSession(slot: Slot): Promise<WorkflowRecord> {
    const transport = slot.transport as TransportName;
    const { open, fallback } = sessions.get(transport) ?? unknownTransport(transport);
    const { outcome, gapsUs, failure, ...session } = await runWorkflow(
      {
        script,
        model,
        policy: transports[transport],
        toolTimeFactor: slot.warmup ? 0 : toolTimeFactor(options.toolTime),
        timeoutMs: options.timeoutMs,
        recovery: { ...defaultRecovery, ...options.recovery },
        ...(fallback && { fallback }),
        // The same waits in the same round for every transport.
        seed: seed + slot.round,
        ...(spend && {
          mayRequest: (request) => {
            const may = spend.mayRequest(request);
            if (!may) ending.abort();
            return may;
          },
          onUsage: spend.add,
        }),
        stalledUs: (fromUs, toUs) => noise.stalledUs(fromUs, toUs),
        onStep: () => hooks.onStep?.(slot),
      },
      open(),
      stop,
    );
    const record = redactRecord(session.record, endpoint);
    const histogram = interToken.get(transport);
    if (!slot.warmup && histogram) for (const gapUs of gapsUs) recordUs(histogram, gapUs);
    if (reach.lost(transport, record, failure)) ending.abort();
    const words = failure && describeFailure(failure, endpoint);
    hooks.onWorkflow?.({ ...slot, record, outcome, ...(words && { failure: words }) });
    return record;
  }

  const startedAt = new Date();
  hooks.onStart?.({
    workflows: (iterations + warmup) * options.transports.length,
    stepsPerWorkflow: script.turns.length,
  });
  const rounds = await runRounds(
    {
      transports: options.transports,
      rounds: iterations,
      warmupRounds: warmup,
      concurrency: options.concurrency,
      seed,
    },
    runSession,
    stop,
  ).finally(noise.stop);
  const stopReason = signal.aborted
    ? 'interrupted'
    : (spend?.exhausted ?? (ending.signal.aborted ? 'error' : undefined));
  if (stopReason === 'error' && rounds.length === 0) {
    throw new RunError(
      reach.failure ? describeFailure(reach.failure, endpoint) : 'nothing answered',
    );
  }

  return buildResult({
    toolVersion: toolVersion(),
    run: {
      id: randomUUID(),
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      seed,
      complete: stopReason === undefined,
      ...(stopReason && { stopReason }),
      options: optionsRecord(options, model),
      scenario: { name: script.name, sha256: script.sha256, steps: script.turns.length },
      endpoint: {
        kind: options.target.kind,
        // A query may hold a key.
        url: `${endpoint.baseUrl.origin}${endpoint.baseUrl.pathname}`,
        profile: options.target.kind === 'mock' ? options.target.profile : null,
        link: options.link ?? null,
        ...faultRecord(options.target),
      },
    },
    environment: { ...readEnvironment(), noise: noise.stop() },
    rounds,
    interToken: Object.fromEntries(interToken),
    comparisons: compareTransports(options.transports, rounds),
    calibration,
    warnings: runWarnings(options),
  });
}

function unknownTransport(name: string): never {
  throw new Error(`${name} is not part of this run`);
}

/** A run that is stopped this early still has a result to give, if an empty one. */
async function calibrateUnlessStopped(signal: AbortSignal): Promise<Calibration | null> {
  try {
    return await calibrate(signal);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

function toolTimeFactor(toolTime: ResolvedOptions['toolTime']): number {
  if (toolTime === 'recorded') return 1;
  return toolTime === 'none' ? 0 : toolTime;
}

function optionsRecord(options: ResolvedOptions, model: string): RunOptionsRecord {
  const { target } = options;
  return {
    transports: [...options.transports],
    iterations: options.iterations,
    warmup: options.warmup,
    concurrency: options.concurrency,
    timeoutMs: options.timeoutMs,
    toolTime: options.toolTime,
    recovery: options.recovery,
    ...(target.kind === 'url' && { model, insecure: target.options.insecure ?? false }),
    ...options.spend?.limits,
  };
}

function faultRecord(target: ResolvedOptions['target']): { fault?: string } {
  return target.kind === 'mock' && target.fault ? { fault: target.fault.spec } : {};
}

function runWarnings({ toolTime }: ResolvedOptions): Result['warnings'] {
  if (toolTimeFactor(toolTime) >= 1) return [];
  return [
    {
      code: 'compressed_tool_time',
      message:
        'Tool waits were shortened: idle connections lose their congestion window in real waits, so kept-alive HTTP looks better here than it is on a real path.',
    },
  ];
}
