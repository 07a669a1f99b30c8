import { attribute } from '../../compare/attribution/attribute.ts';
import { compareTransports } from '../../compare/change/transports.ts';
import { loadFigures } from '../../compare/load/figures.ts';
import { loadWarnings } from '../../compare/load/warnings.ts';
import { compareControl, controlWarnings } from '../../compare/rounds/control.ts';
import { orderWarnings } from '../../compare/rounds/order-warnings.ts';
import type { Histogram } from '../../measure/histogram.ts';
import { chargesForHistoryAlone, idleKinds } from '../../mock/profile/cache-off.ts';
import { profileSchema } from '../../mock/profile/schema.ts';
import { type CacheKind, cacheKinds } from '../../mock/profile/stages.ts';
import { buildResult } from '../../result/build.ts';
import type { JournalHeader } from '../../result/journal.ts';
import type { RoundRecord } from '../../result/record.ts';
import type { Environment, Result, Run } from '../../result/schema.ts';
import type { WarningFacts } from '../../result/warnings/kinds.ts';
import { isTransportName, transports } from '../../transport/index.ts';
import { toolTimeFactor } from '../options/tool-time.ts';

/** The end of a run: how it came, and what was measured. */
export interface RunEnd {
  rounds: readonly RoundRecord[];
  /** Gaps between output deltas per arm. */
  interToken: ReadonlyMap<string, Histogram>;
  /** Since the run began, by the monotonic clock: the time of day may have been set meanwhile. */
  elapsedMs: number;
  stopReason: Run['stopReason'];
  stop: Run['stop'];
  noise: Environment['noise'];
  /** Fields that the endpoint refused, so that requests went without. */
  refused: readonly string[];
}

/** The result document of a run: what was known when it began, what was measured, and what follows from both. */
export function resultOf(
  { toolVersion, run, environment, calibration }: JournalHeader,
  { rounds, interToken, elapsedMs, stopReason, stop, noise, refused }: RunEnd,
): Result {
  const { transports: names, aa, toolTime, load, concurrency } = run.options;
  const control = aa === true ? compareControl(names, rounds) : undefined;
  const underLoad = load?.by === 'rate' ? loadFigures(names, load, rounds) : undefined;
  return buildResult({
    toolVersion,
    run: {
      ...run,
      finishedAt: new Date(Date.parse(run.startedAt) + elapsedMs).toISOString(),
      complete: stopReason === undefined,
      ...(stopReason && { stopReason }),
      ...(stop && { stop }),
    },
    environment: { ...environment, ...(noise && { noise }) },
    rounds,
    interToken: Object.fromEntries(interToken),
    comparisons: compareTransports(names, rounds),
    ...(control && { control }),
    load: underLoad,
    attribution: attribute(names, rounds, run.endpoint.link?.rttMs ?? null),
    calibration,
    warnings: [
      ...redirectWarnings(run.endpoint),
      ...unsupportedWarnings(run),
      ...profileWarnings(run),
      ...refused.map((field) => ({ code: 'field_refused', field }) as const),
      ...toolTimeWarnings(toolTime),
      ...precisionWarnings(stop),
      ...controlWarnings(control),
      ...orderWarnings(names, rounds),
      ...(underLoad ? loadWarnings(underLoad, concurrency) : []),
    ],
  });
}

function redirectWarnings({ redirects = 0, url }: Run['endpoint']): WarningFacts[] {
  return redirects === 0 ? [] : [{ code: 'redirected', redirects, url }];
}

function unsupportedWarnings({
  options: { unsupported = [] },
  endpoint: { provider = 'the provider' },
}: JournalHeader['run']): WarningFacts[] {
  return unsupported.map(({ transport, why }) => ({
    code: 'unsupported',
    transport,
    provider,
    why,
  }));
}

/** Of a mock that can't show what it was asked to show. */
function profileWarnings({
  endpoint: { profile, cacheOff = [] },
  options,
}: JournalHeader['run']): WarningFacts[] {
  if (profile === null) return [];
  const { name } = profile;
  // Another version's profile may have what this one doesn't know: then nothing is said of it.
  const known = profileSchema.safeParse(profile);
  if (!known.success) return [];
  const kinds = idleKinds(known.data, cacheOff as CacheKind[]);
  const stores = options.transports.some((arm) => isTransportName(arm) && transports[arm].store);
  return [
    // Whoever switches all off needn't hear which of them were off before.
    ...(kinds.length > 0 && cacheOff.length < cacheKinds.length
      ? [{ code: 'idle_cache_off', kinds, profile: name } as const]
      : []),
    ...(chargesForHistoryAlone(known.data) && !stores
      ? [{ code: 'history_unread', profile: name } as const]
      : []),
  ];
}

/** Only where a cap came first: whoever asked for a precision must not take what came out for it. */
function precisionWarnings(stop: Run['stop']): WarningFacts[] {
  if (stop?.untilPercent == null || stop.reached === 'precision' || stop.reached === null) {
    return [];
  }
  const { untilPercent, halfWidthPercent, reached, maxRounds } = stop;
  const cap = reached === 'time' ? { kind: reached } : { kind: reached, maxRounds };
  return [
    {
      code: 'precision_missed',
      askedPercent: untilPercent,
      gotPercent: halfWidthPercent,
      cap,
    },
  ];
}

function toolTimeWarnings(toolTime: Run['options']['toolTime']): WarningFacts[] {
  return toolTimeFactor(toolTime) >= 1 ? [] : [{ code: 'compressed_tool_time' }];
}
