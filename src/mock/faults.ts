import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Fault, FaultRule } from './fault-spec.ts';
import { type Refusal, refuse } from './refusal.ts';

type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

/** What breaks a response under way, once `event` events are out. */
export interface StreamFault {
  fault: FaultOf<'close' | 'reset' | 'stall' | 'garbage' | 'oversize' | 'fail'>;
  event: number;
}

type Transport = 'http' | 'ws';

/** Asked at every occasion; says what goes wrong now, if anything does. */
export interface Faults {
  /** An upgrade arrives. */
  upgrade(): FaultOf<'upgrade'>['status'] | undefined;
  /** A WebSocket is open: the age that it may reach, in ms. */
  ageLimitMs(): number | undefined;
  /** A create is about to be read: how long to wait before, in ms. */
  readDelayMs(transport: Transport): number;
  /** A create was read. */
  refusal(transport: Transport): Refusal | undefined;
  /** A create is about to look into the connection's cache. */
  forgets(): boolean;
  /** A response begins. */
  stream(transport: Transport): StreamFault | undefined;
}

/**
 * Decides by rule and seed: each rule has its own run of random numbers, so the same occasions in the same
 * order meet the same faults.
 *
 * @param onFault told of every fault that strikes, by the name of its rule
 */
export function createFaults(
  rules: readonly FaultRule[],
  seed: number,
  onFault: (name: string) => void,
): Faults {
  const dice = rules.map((rule, index) => createDie(rule, seed + index * 7919));

  /** The first rule of these kinds that strikes; the others still count the occasion. */
  function strike<Kind extends Fault['kind']>(
    kinds: readonly Kind[],
    transport: Transport,
  ): { fault: FaultOf<Kind>; event: number } | undefined {
    let struck: FaultRule | undefined;
    for (const [index, rule] of rules.entries()) {
      if (!(kinds as readonly string[]).includes(rule.fault.kind)) continue;
      if (rule.transport !== undefined && rule.transport !== transport) continue;
      if (dice[index]?.() === true) struck ??= rule;
    }
    if (struck === undefined) return undefined;
    onFault(struck.name);
    return { fault: struck.fault as FaultOf<Kind>, event: struck.event };
  }

  return {
    upgrade: () => strike(['upgrade'], 'ws')?.fault.status,
    ageLimitMs: () => strike(['age'], 'ws')?.fault.ms,
    readDelayMs: (transport) => strike(['slow-read'], transport)?.fault.ms ?? 0,
    refusal(transport) {
      const struck = strike(['status'], transport);
      return struck && refusalOf(struck.fault);
    },
    forgets: () => strike(['forget'], 'ws') !== undefined,
    stream(transport) {
      const everywhere = ['reset', 'stall', 'garbage', 'oversize', 'fail'] as const;
      return strike(transport === 'ws' ? [...everywhere, 'close'] : everywhere, transport);
    },
  };
}

const RESOLUTION = 2 ** 30;

function createDie({ probability, call }: FaultRule, seed: number): () => boolean {
  const random = xoroshiro128plus(seed);
  let calls = 0;
  return () => {
    const hit =
      probability >= 1 || uniformInt(random, 0, RESOLUTION - 1) < probability * RESOLUTION;
    return hit && (++calls === call || call === undefined);
  };
}

/** Types and codes as the API documents them for each status. */
function refusalOf({ status, retryAfterMs }: FaultOf<'status'>): Refusal {
  const { type, code, message } = errors.get(status) ?? {
    type: status < 500 ? 'invalid_request_error' : 'server_error',
    code: status < 500 ? null : 'server_error',
    message: `The request was refused with status ${status}, as told to.`,
  };
  const refusal = refuse(status, message, { code });
  refusal.error.type = type;
  if (retryAfterMs === undefined) return refusal;
  const headers = {
    'retry-after': String(Math.ceil(retryAfterMs / 1000)),
    'retry-after-ms': String(Math.round(retryAfterMs)),
  };
  return { ...refusal, headers };
}

const errors: ReadonlyMap<number, { type: string; code: string; message: string }> = new Map([
  [
    401,
    {
      type: 'invalid_request_error',
      code: 'invalid_api_key',
      message: 'Incorrect API key provided.',
    },
  ],
  [429, { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'Rate limit reached.' }],
  [
    500,
    {
      type: 'server_error',
      code: 'server_error',
      message: 'The server had an error while processing your request.',
    },
  ],
  [
    503,
    {
      type: 'service_unavailable_error',
      code: 'server_is_overloaded',
      message: 'The server is overloaded. Try again later.',
    },
  ],
]);
