import type { LoadRecord } from '../../result/load/schema.ts';
import type { ProfileRecord, Result, Run } from '../../result/schema.ts';
import { formatMs } from '../../units.ts';
import { formatCount, formatElapsed } from '../text/figures.ts';
import type { Fact } from './block.ts';

/** The sentence that a reader must be told before the conditions: a mock can't prove what a real endpoint would do. */
export function conditionsTitle({ run }: Result): string {
  return run.endpoint.kind === 'mock' || run.endpoint.mock !== undefined
    ? 'Measured against the bundled mock: the differences are what these parameters say.'
    : 'Measured under these conditions:';
}

/** What was simulated and how it was measured, in one sentence. */
export function briefConditions(result: Result): string {
  const { endpoint, options } = result.run;
  const where =
    endpoint.kind === 'mock'
      ? `Simulated: the bundled mock's profile ${endpoint.profile?.name ?? 'unknown'}`
      : `Measured at ${endpoint.url}`;
  const faults =
    endpoint.fault === undefined ? '' : `, faults ${endpoint.fault.replaceAll(',', ', ')}`;
  return `${where}, ${briefLink(endpoint.link)}, tools ${briefToolTimes[String(options.toolTime)] ?? `× ${options.toolTime}`}${faults}.`;
}

/** What ended the rounds, where their number wasn't fixed. */
export function stopLines({ run: { stop, options } }: Result): string[] {
  return stop === undefined || isRamp(options) ? [] : [`Rounds: ${stopText(stop)}.`];
}

const briefToolTimes: Readonly<Record<string, string>> = {
  recorded: 'as in the scenario',
  none: 'without waiting',
};

function briefLink(link: Run['endpoint']['link']): string {
  if (link === null) return 'no link';
  const { bandwidthBitsPerSecond, rttMs } = link;
  return bandwidthBitsPerSecond === null
    ? `a link of ${rttMs} ms`
    : `a link of ${rttMs} ms and ${(bandwidthBitsPerSecond / 1e6).toLocaleString('en-US')} Mbps`;
}

/** Every parameter that the numbers depend on, the mock's with their sources. */
export function conditionsOf(result: Result): Fact[] {
  const { run, environment } = result;
  const { scenario, options, endpoint, seed } = run;
  const ran = run.stop === undefined ? options.iterations : result.rounds.length;
  const control = options.aa === true ? ` and ${options.transports[0] ?? ''} once more` : '';
  const rounds = `${formatCount(ran, 'round')} of ${formatCount(options.transports.length, 'transport')}${control} after ${options.warmup} to warm up`;
  return [
    {
      label: 'scenario',
      lines: [
        `${scenario.name}, ${formatCount(scenario.steps, 'step')} (sha256 ${scenario.sha256.slice(0, 12)})`,
      ],
    },
    { label: 'endpoint', lines: [endpointText(run)] },
    ...(endpoint.proxy === undefined
      ? []
      : [{ label: 'proxy', lines: [`${endpoint.proxy}, a CONNECT tunnel for each connection`] }]),
    ...(endpoint.profile === null
      ? []
      : [{ label: 'profile', lines: profileLines(endpoint.profile) }]),
    ...(endpoint.cacheOff === undefined
      ? []
      : [{ label: 'not held', lines: [`${endpoint.cacheOff.join(', ')}, by any connection`] }]),
    ...(endpoint.fault === undefined
      ? []
      : [{ label: 'faults', lines: [endpoint.fault.replaceAll(',', ', ')] }]),
    { label: 'link', lines: [linkText(endpoint.link), ...hostText(environment)] },
    ...recoveryConditions(run),
    { label: 'tool time', lines: [toolTimeText(options.toolTime)] },
    {
      label: 'rounds',
      lines: [
        `${rounds}, concurrency ${options.concurrency}${workersText(options)}, seed ${seed}`,
        ...(options.load ? [loadText(options.load, options.concurrency)] : []),
        ...(run.stop && !isRamp(options) ? [stopText(run.stop)] : []),
        ...(run.shard ? [`shard ${run.shard.index} of ${run.shard.count}`] : []),
        ...(run.merged ? [mergedText(run.merged)] : []),
      ],
    },
    ...(environment.noise ? [{ label: 'client', lines: [noiseText(environment.noise)] }] : []),
  ];
}

/** The time and place of the measurement: `measured for 31 s on 2 cores (…), Node 20.20.2, linux x64`. */
export function measuredOn({ run, environment }: Result): string {
  const elapsedMs = Date.parse(run.finishedAt) - Date.parse(run.startedAt);
  const { cores, cpuModel, node, platform, arch } = environment;
  return `measured for ${formatElapsed(elapsedMs)} on ${formatCount(cores, 'core')} (${cpuModel}), Node ${node}, ${platform} ${arch}`;
}

function isRamp({ load }: Run['options']): boolean {
  return load?.by === 'rate' && load.ramp === true;
}

/** How much went on at once, and for how long. */
function loadText(load: LoadRecord, concurrency: number): string {
  const timed = (durationMs: number | null): string =>
    durationMs === null ? '' : ` in ${formatElapsed(durationMs)}`;
  if (load.by === 'sessions') {
    return `sessions at once: ${load.stages.map(({ durationMs, sessions }) => `to ${sessions}${timed(durationMs)}`).join(', ')}`;
  }
  const { arrival, stages, windowMs, ramp, goodWithin = [] } = load;
  const [first, ...rest] = stages;
  const steady =
    first?.durationMs === 0 && rest.every(({ perSecond }) => perSecond === first.perSecond);
  const rates = steady
    ? `${first.perSecond}/s`
    : stages.map(({ durationMs, perSecond }) => `to ${perSecond}/s${timed(durationMs)}`).join(', ');
  const good = goodWithin.length === 0 ? '' : `, good within ${goodWithin.join(', ')}`;
  const what = ramp === true ? `one rate after another, from ${rates} on` : rates;
  return `workflows begun at ${what}, ${arrival}, in turns of ${formatElapsed(windowMs)}, at most ${concurrency} open${good}`;
}

function workersText({ workers }: Run['options']): string {
  return workers === undefined ? '' : ` over ${workers} workers`;
}

/** How many runs were put together, and which shards they were. */
function mergedText(merged: NonNullable<Run['merged']>): string {
  const shards = merged.flatMap(({ shard }) => shard ?? []);
  const [first] = shards;
  const which =
    first === undefined
      ? ''
      : `: shards ${shards.map(({ index }) => index).join(', ')} of ${first.count}`;
  return `merged from ${formatCount(merged.length, 'run')}${which}`;
}

/** What ended the rounds, and how narrow the intervals got. */
function stopText(stop: NonNullable<Run['stop']>): string {
  const { untilPercent, maxRounds, maxTimeMs, reached, halfWidthPercent } = stop;
  const time = maxTimeMs === null ? '' : formatElapsed(maxTimeMs);
  const rounds = maxRounds < ANY_NUMBER ? [`at most ${formatCount(maxRounds, 'round')}`] : [];
  const caps = [...rounds, ...(time === '' ? [] : [time])];
  const ended = {
    precision: 'ended by the intervals being narrow enough',
    rounds: untilPercent === null ? 'all were run' : 'ended by the cap on rounds',
    time: 'ended by the cap on time',
  };
  const asked =
    untilPercent === null
      ? caps.join(', ')
      : `until every 95 % interval of workflow_e2e is within ±${Number(untilPercent.toPrecision(3))} % (${caps.join(', ')})`;
  const got =
    untilPercent === null || halfWidthPercent === null
      ? ''
      : `, the widest is ±${halfWidthPercent.toFixed(1)} %`;
  return `${asked}: ${reached === null ? 'ended before' : ended[reached]}${got}`;
}

function endpointText({ endpoint, options }: Run): string {
  const tls = endpoint.url.startsWith('https:')
    ? `TLS${options.insecure === true ? ', certificate not verified' : ''}`
    : 'no TLS';
  const where = endpoint.kind === 'mock' ? 'bundled mock on loopback' : endpoint.url;
  const { mock } = endpoint;
  const who = mock ? `, which says it is our mock ${mock.version} with seed ${mock.seed}` : '';
  const model = options.model === undefined ? '' : `, model ${options.model}`;
  return `${where}, ${tls}${model}${who}`;
}

/** The kernel's TCP, which every connection of this machine has below whatever is emulated. */
function hostText({ tcp }: Result['environment']): string[] {
  if (tcp === undefined) return [];
  const pauses = tcp.slowStartAfterIdle ? 'pauses cost window' : 'pauses cost no window';
  return [`this machine's own TCP: ${tcp.congestionControl}, ${pauses}`];
}

/** Every parameter of the emulated link. */
function linkText(link: Run['endpoint']['link']): string {
  if (link === null) return 'none emulated';
  const { bandwidthBitsPerSecond, receiveWindowBytes, cutIdleMs } = link;
  const bandwidth =
    bandwidthBitsPerSecond === null
      ? 'no limit of bandwidth'
      : `${(bandwidthBitsPerSecond / 1e6).toLocaleString('en-US')} Mbps per connection`;
  const windows = link.slowStart
    ? `slow start${link.idleRestart === false ? ', no loss of window in pauses' : ''}, receive window ${receiveWindowBytes / 1024} KiB`
    : 'no slow start';
  const cut = cutIdleMs === undefined ? '' : `, silently cut after ${cutIdleMs} ms idle`;
  return `emulated: round trip ${link.rttMs} ms, jitter ${link.jitterMs} ms, ${bandwidth}, ${windows}${cut}`;
}

/** Said where it had something to do, or was asked for. */
function recoveryConditions({ endpoint, options: { recovery } }: Run): Fact[] {
  const asked = recovery !== undefined && (recovery.retries > 0 || !recovery.fallback);
  if (recovery === undefined || (!asked && endpoint.fault === undefined)) return [];
  const { retries, retryPartial, fallback, coolDownMs } = recovery;
  const partial = retryPartial ? ', of broken answers too' : '';
  const refused = fallback
    ? `HTTP where WebSocket is refused, tried again after ${formatElapsed(coolDownMs)}`
    : 'no fallback to HTTP';
  return [{ label: 'recovery', lines: [`${formatRetries(retries)}${partial}, ${refused}`] }];
}

function formatRetries(retries: number): string {
  if (retries === 0) return 'no retries';
  return `at most ${retries === 1 ? '1 retry' : `${retries} retries`} per step`;
}

/** How quiet our own process was. */
function noiseText(noise: NonNullable<Result['environment']['noise']>): string {
  const busy = (noise.utilisation * 100).toFixed(0);
  const loop = noise.workers === undefined ? 'event loop' : 'busiest worker';
  return `${loop} busy ${busy} %, p99 ${formatMs(noise.loopDelayP99Us)} late, longest garbage collection ${formatMs(noise.gcMaxUs)}`;
}

function toolTimeText(toolTime: Run['options']['toolTime']): string {
  if (toolTime === 'recorded') return "the scenario's own waits";
  return toolTime === 'none'
    ? 'none: no waiting between steps'
    : `the scenario's waits × ${toolTime}`;
}

/** Where time alone ends a run, the cap on its rounds is the most that any may have. */
const ANY_NUMBER = 1_000_000;

const unitWords: Readonly<Record<string, string>> = {
  ms: ' ms',
  fixedMs: ' ms',
  perItemMs: ' ms per item',
  perThousandTokensMs: ' ms per 1,000 tokens',
  perMillionPairsMs: ' ms per 1,000,000 pairs of tokens',
  jitterMs: ' ms of jitter at most',
  us: ' µs',
  tokensPerSecond: ' tokens/s',
  percent: ' %',
};

/** `decode: 1,000 tokens/s (source)`: a profile is data, so parts that come later are printed too. */
function profileLines(profile: ProfileRecord): string[] {
  const { name, description, ...parts } = profile;
  return [
    `${name}: ${description}`,
    ...Object.entries(parts).map(([part, value]) => `${spaced(part)}: ${partText(value)}`),
  ];
}

function partText(part: unknown): string {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return valueText('', part);
  const { source, ...values } = part as Record<string, unknown>;
  const text = Object.entries(values)
    .map(([unit, value]) => valueText(unit, value))
    .join(', ');
  return typeof source === 'string' ? `${text} (${source})` : text;
}

function valueText(unit: string, value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return `${spaced(unit)} ${value ? 'held' : 'not held'}`;
  const text = typeof value === 'number' ? value.toLocaleString('en-US') : JSON.stringify(value);
  return text + (unitWords[unit] ?? ` ${spaced(unit)}`.trimEnd());
}

/** `firstToken` as `first token`. */
function spaced(camelCase: string): string {
  return camelCase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
