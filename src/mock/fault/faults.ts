import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Refusal } from '../wire/refusal.ts';
import { documentedRefusal } from './errors.ts';
import type { Fault, FaultRule } from './spec.ts';

type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

/** What breaks a response under way, once `event` events are out. */
export interface StreamFault {
  fault: FaultOf<'close' | 'reset' | 'stall' | 'garbage' | 'oversize' | 'fail'>;
  event: number;
  /** To be called at the moment when it strikes. */
  readonly inject: () => void;
}

type Transport = 'http' | 'ws';

/** Asked at every occasion; says what goes wrong now, if anything does. */
export interface Faults {
  /** An upgrade arrives. */
  upgrade(): FaultOf<'upgrade'>['status'] | undefined;
  /** A WebSocket is open: the age that it may reach, in ms; `inject` is to be called when it does. */
  ageLimit(): { ms: number; inject: () => void } | undefined;
  /** A create is about to be read: how long to wait before, in ms. */
  readDelayMs(transport: Transport): number;
  /** A create was read. */
  refusal(transport: Transport): Refusal | undefined;
  /** A create is about to look into the connection's cache. */
  forgets(): FaultOf<'forget'> | undefined;
  /** A response begins. */
  stream(transport: Transport): StreamFault | undefined;
}

/**
 * Decides by rule and seed: each rule has its own run of random numbers, so the same occasions in the same
 * order meet the same faults.
 *
 * @param onFault told of every fault at the moment when it is done to the client, by the name of its rule
 */
export function createFaults(
  rules: readonly FaultRule[],
  seed: number,
  onFault: (name: string, transport: Transport) => void,
): Faults {
  const dice = rules.map((rule, index) => createDie(rule, seed + index * 7919));

  /** The first rule of these kinds that strikes; the others still count the occasion. */
  function strike<Kind extends Fault['kind']>(
    kinds: readonly Kind[],
    transport: Transport,
  ): { fault: FaultOf<Kind>; event: number; inject: () => void } | undefined {
    let struck: FaultRule | undefined;
    for (const [index, rule] of rules.entries()) {
      if (!(kinds as readonly string[]).includes(rule.fault.kind)) continue;
      if (rule.transport !== undefined && rule.transport !== transport) continue;
      if (dice[index]?.() === true) struck ??= rule;
    }
    if (struck === undefined) return undefined;
    const { name, event } = struck;
    const inject = (): void => {
      onFault(name, transport);
    };
    return { fault: struck.fault as FaultOf<Kind>, event, inject };
  }

  /** The same for those that strike at the moment of asking. */
  function strikeNow<Kind extends Fault['kind']>(
    kind: Kind,
    transport: Transport,
  ): FaultOf<Kind> | undefined {
    const struck = strike([kind], transport);
    struck?.inject();
    return struck?.fault;
  }

  return {
    upgrade: () => strikeNow('upgrade', 'ws')?.status,
    ageLimit() {
      const struck = strike(['age'], 'ws');
      return struck && { ms: struck.fault.ms, inject: struck.inject };
    },
    readDelayMs: (transport) => strikeNow('slow-read', transport)?.ms ?? 0,
    refusal(transport) {
      const fault = strikeNow('status', transport);
      return fault && refusalOf(fault);
    },
    forgets: () => strikeNow('forget', 'ws'),
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

function refusalOf({ status, code, retryAfterMs }: FaultOf<'status'>): Refusal {
  const refusal = documentedRefusal(status, code);
  if (retryAfterMs === undefined) return refusal;
  const headers = {
    'retry-after': String(Math.ceil(retryAfterMs / 1000)),
    'retry-after-ms': String(Math.round(retryAfterMs)),
  };
  return { ...refusal, headers };
}
