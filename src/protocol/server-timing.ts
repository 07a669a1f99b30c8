import type { StreamEvent } from './events.ts';
import { countOf } from './foreign.ts';

/**
 * The work of a server on one request, in its order, as our own mock declares it and any other server may. Only these
 * are read: of names that we don't know, nobody can say whether they overlap.
 */
export const stageNames = [
  'admit',
  'route',
  'hydrate',
  'safety',
  'tokenise',
  'embed',
  'queue',
  'prefill',
  'decode',
  'post',
] as const;

export type StageName = (typeof stageNames)[number];

/** A server's own account of one request. */
export interface ServerAccount {
  stagesUs: Partial<Record<StageName, number>>;
  /** Tokens of the prompt that it validated, tokenised or prefilled anew. */
  tokensProcessed?: number;
}

/** One entry of a `Server-Timing` header. */
export interface TimingMetric {
  name: string;
  durationMs?: number;
  description?: string;
}

/** Header of a WebSocket handshake that asks for {@link TIMING_EVENT}, with the value `true`. */
export const TIMING_HEADER = 'x-responsesapi-include-timing-metrics';

/** Event in which a server then tells, within each response, how long it worked on it. */
export const TIMING_EVENT = 'responsesapi.websocket_timing';

/** Longer than any step: such a number is a mistake. */
const MAX_STAGE_MS = 3_600_000;

/** The account in a `Server-Timing` header, or undefined if it says nothing that we know. */
export function accountInHeader(header: string): ServerAccount | undefined {
  const metrics = parseServerTiming(header);
  const { description = '' } = metrics.find(({ name }) => name === 'tokens_processed') ?? {};
  return accountOf(
    metrics.map(({ name, durationMs }) => [name, durationMs]),
    /^\d+$/.test(description) ? Number(description) : undefined,
  );
}

/** The account in the event that WebSocket servers send, or undefined if it says nothing that we know. */
export function accountInEvent(event: StreamEvent): ServerAccount | undefined {
  const { stages_ms: stages, tokens_processed: tokens } = event;
  const entries = typeof stages === 'object' && stages !== null ? Object.entries(stages) : [];
  return accountOf(entries, tokens);
}

/**
 * The entries of a `Server-Timing` header (W3C Server Timing, section 3): as there, what is malformed is skipped, and of
 * a parameter given twice the first counts.
 */
export function parseServerTiming(header: string): TimingMetric[] {
  return (header.match(ENTRIES) ?? []).flatMap((entry) => {
    const [, plain, ms] = PLAIN.exec(entry) ?? [];
    if (plain !== undefined) return [{ name: plain, durationMs: Number(ms) }];
    const name = TOKEN.exec(entry)?.[1];
    const [, ...parameters] = entry.match(PARAMETERS) ?? [];
    return name === undefined ? [] : [metricOf(name, parameters)];
  });
}

// A quoted string may hold separators; one that isn't closed reaches to the end of all.
const ENTRIES = /(?:"(?:\\.|[^"\\])*"?|[^",])+/gs;
const PARAMETERS = /(?:"(?:\\.|[^"\\])*"?|[^";])+/gs;
const TOKEN = /^\s*([!#$%&'*+.^_`|~\w-]+)/;
/** As nearly all are, a dozen a step: read at once. */
const PLAIN = /^\s*([!#$%&'*+.^_`|~\w-]+);dur=(\d+(?:\.\d+)?)\s*$/;
const PARAMETER = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)|([!#$%&'*+.^_`|~\w-]+))/s;

function metricOf(name: string, parameters: readonly string[]): TimingMetric {
  const metric: TimingMetric = { name };
  for (const parameter of parameters) {
    const [, key, quoted, token] = PARAMETER.exec(parameter) ?? [];
    const value = quoted?.replace(/\\(.)/gs, '$1') ?? token;
    if (value === undefined) continue;
    if (key?.toLowerCase() === 'dur') metric.durationMs ??= Number.parseFloat(value);
    if (key?.toLowerCase() === 'desc') metric.description ??= value;
  }
  return metric;
}

/** Of a stage that is named twice, the times are added up. */
function accountOf(
  stages: readonly (readonly [name: string, ms: unknown])[],
  tokens: unknown,
): ServerAccount | undefined {
  const stagesUs: ServerAccount['stagesUs'] = {};
  for (const [name, ms] of stages) {
    if (!isStage(name) || typeof ms !== 'number' || !(ms >= 0 && ms <= MAX_STAGE_MS)) continue;
    stagesUs[name] = (stagesUs[name] ?? 0) + Math.round(ms * 1000);
  }
  const tokensProcessed = countOf(tokens);
  if (Object.keys(stagesUs).length === 0 && tokensProcessed === undefined) return undefined;
  return { stagesUs, ...(tokensProcessed !== undefined && { tokensProcessed }) };
}

function isStage(name: string): name is StageName {
  return stageNames.some((stage) => stage === name);
}
