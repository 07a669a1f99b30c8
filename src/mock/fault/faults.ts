import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Refusal } from '../wire/refusal.ts';
import { type Effects, faultKinds } from './kinds.ts';
import type { FaultRule } from './spec.ts';

/** What goes wrong at one occasion. */
interface Struck<Effect> {
  readonly effect: Effect;
  /** How many events of the response are out by then. */
  readonly event: number;
  /** To be called at the moment when it strikes. */
  readonly inject: () => void;
}

/** A fault that breaks a response under way. */
export type StreamFault = Struck<Effects['stream']>;

type Transport = 'http' | 'ws';

/** Asked at every occasion; says what goes wrong now, if anything does. */
export interface Faults {
  /** An upgrade arrives. */
  upgrade(): Effects['upgrade'] | undefined;
  /** A WebSocket is open: the age that it may reach, in ms. */
  ageLimit(): Struck<Effects['open']> | undefined;
  /** A connection makes its first request, or is upgraded: the idle time that it doesn't survive, in ms. */
  idleLimit(transport: Transport): Struck<Effects['connection']> | undefined;
  /** A create is about to be read: how long to wait before, in ms. */
  readDelayMs(transport: Transport): number;
  /** A create was read. */
  refusal(transport: Transport): Refusal | undefined;
  /** A create is about to look into the connection's cache. */
  forgets(): Effects['lookup'] | undefined;
  /** A response begins. */
  stream(transport: Transport): StreamFault | undefined;
}

/**
 * The faults of a server, decided by rule and seed: each rule has its own run of random numbers, so the same occasions
 * in the same order meet the same faults.
 *
 * @param onFault told of every fault at the moment when it is done to the client, by the name of its rule
 */
export function createFaults(
  rules: readonly FaultRule[],
  seed: number,
  onFault: (name: string, transport: Transport) => void,
): Faults {
  const dice = rules.map((rule, index) => createDie(rule, seed + index * 7919));

  /** The first rule that strikes here; the others still count the occasion. */
  function strike<Occasion extends keyof Effects>(
    occasion: Occasion,
    transport: Transport,
  ): Struck<Effects[Occasion]> | undefined {
    let struck: FaultRule | undefined;
    for (const [index, rule] of rules.entries()) {
      const { occasion: own, only = transport } = faultKinds[rule.fault.kind];
      if (own !== occasion || only !== transport) continue;
      if (rule.transport !== undefined && rule.transport !== transport) continue;
      if (dice[index]?.() === true) struck ??= rule;
    }
    if (struck === undefined) return undefined;
    const { name, event, fault } = struck;
    const effectOf = faultKinds[fault.kind].effect as (of: typeof fault) => Effects[Occasion];
    const inject = (): void => {
      onFault(name, transport);
    };
    return { effect: effectOf(fault), event, inject };
  }

  /** The same for those that strike at the moment of asking. */
  function strikeNow<Occasion extends keyof Effects>(
    occasion: Occasion,
    transport: Transport,
  ): Effects[Occasion] | undefined {
    const struck = strike(occasion, transport);
    struck?.inject();
    return struck?.effect;
  }

  return {
    upgrade: () => strikeNow('upgrade', 'ws'),
    ageLimit: () => strike('open', 'ws'),
    idleLimit: (transport) => strike('connection', transport),
    readDelayMs: (transport) => strikeNow('read', transport) ?? 0,
    refusal: (transport) => strikeNow('create', transport),
    forgets: () => strikeNow('lookup', 'ws'),
    stream: (transport) => strike('stream', transport),
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
