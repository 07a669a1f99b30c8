import { randomUUID } from 'node:crypto';
import { attribute } from '../../compare/attribution/attribute.ts';
import { compareTransports } from '../../compare/change/transports.ts';
import { compareControl, controlWarnings } from '../../compare/rounds/control.ts';
import { orderWarnings } from '../../compare/rounds/order-warnings.ts';
import { buildResult } from '../../result/build.ts';
import { readEnvironment, toolVersion } from '../../result/environment.ts';
import type { RoundRecord } from '../../result/record.ts';
import type {
  Calibration,
  Environment,
  Result,
  Run,
  RunOptionsRecord,
} from '../../result/schema.ts';
import type { Script } from '../../scenario/script.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import { toolTimeFactor } from '../options/tool-time.ts';
import type { Side } from './side.ts';

/** What a run knows when it ends, beside its side. */
interface EndedRun {
  script: Script;
  startedAt: Date;
  stopReason: Run['stopReason'];
  stop: Run['stop'];
  /** Shared by the results of two sides. */
  interleaved: string | undefined;
  noise: NonNullable<Environment['noise']>;
  rounds: readonly RoundRecord[];
  calibration: Calibration | null;
}

/** The result document of one side of a run. */
export function describeRun(
  { options, opened: { endpoint, model }, arms }: Side,
  { script, startedAt, stopReason, stop, interleaved, noise, rounds, calibration }: EndedRun,
): Result {
  const control = options.aa ? compareControl(options.transports, rounds) : undefined;
  return buildResult({
    toolVersion: toolVersion(),
    run: {
      id: randomUUID(),
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      seed: options.seed,
      complete: stopReason === undefined,
      ...(stopReason && { stopReason }),
      ...(stop && { stop }),
      ...(interleaved !== undefined && { interleaved }),
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
    environment: { ...readEnvironment(), noise },
    rounds,
    interToken: Object.fromEntries(arms.map(({ name, interToken }) => [name, interToken])),
    comparisons: compareTransports(options.transports, rounds),
    ...(control && { control }),
    attribution: attribute(options.transports, rounds, options.link?.rttMs ?? null),
    calibration,
    warnings: [
      ...toolTimeWarnings(options),
      ...precisionWarnings(stop),
      ...controlWarnings(control),
      ...orderWarnings(options.transports, rounds),
    ],
  });
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
    ...(options.aa && { aa: true }),
  };
}

function faultRecord(target: ResolvedOptions['target']): { fault?: string } {
  return target.kind === 'mock' && target.fault ? { fault: target.fault.spec } : {};
}

/** Only where a cap came first: whoever asked for a precision must not take what came out for it. */
function precisionWarnings(stop: Run['stop']): Result['warnings'] {
  if (stop?.untilPercent == null || stop.reached === 'precision' || stop.reached === null) {
    return [];
  }
  const got =
    stop.halfWidthPercent === null
      ? 'there are too few rounds for an interval'
      : `the widest interval is ±${stop.halfWidthPercent.toFixed(1)} %`;
  const cap = stop.reached === 'time' ? 'the time' : `${stop.maxRounds} rounds`;
  const message = `${got}, not ±${Number(stop.untilPercent.toPrecision(3))} % as asked for: the cap of ${cap} came first`;
  return [{ code: 'precision_missed', message }];
}

function toolTimeWarnings({ toolTime }: ResolvedOptions): Result['warnings'] {
  if (toolTimeFactor(toolTime) >= 1) return [];
  return [
    {
      code: 'compressed_tool_time',
      message:
        'Tool waits were shortened: idle connections lose their congestion window in real waits, so kept-alive HTTP looks better here than it is on a real path.',
    },
  ];
}
