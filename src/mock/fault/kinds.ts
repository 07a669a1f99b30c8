import { UsageError } from '../../errors.ts';
import { parseDurationMs } from '../../units.ts';
import type { Refusal } from '../wire/refusal.ts';
import { codesOf, documentedRefusal } from './errors.ts';

/** The effects that strike at each occasion. */
export interface Effects {
  /** An upgrade arrives: the status that it is refused with, or no answer ever. */
  upgrade: number | 'hang';
  /** A WebSocket is open: the age in ms at which it ends. */
  open: number;
  /** A connection makes its first request, or is upgraded: so many ms without a byte are its end, of which nobody hears. */
  connection: number;
  /** A request is about to be read: for so many ms nothing is. */
  read: number;
  create: Refusal;
  /** A create is about to look into its connection's cache, which is empty now: how a lost response is worded. */
  lookup: 'usual' | 'invalid';
  /** So many events of a response are out. */
  stream: Break;
}

/** What becomes of the rest of a response. */
type Break =
  /** It is over: after `response.failed`, by a reset, in silence, or by a close. */
  | { kind: 'end'; ending: 'failed' | 'reset' | 'stall' | { closeCode: number } }
  | { kind: 'rest'; ms: number }
  /** What is left of it is held back for so long, or until all of it is there. */
  | { kind: 'hold'; ms: number }
  /** A message, or the whole body where there is but one, that no client can read. */
  | { kind: 'unreadable'; json: () => string };

/** All faults: a row each. */
export const faultKinds = {
  status: kind({
    form: '<status from 400 to 599>[:<code>][:<time>]',
    help: 'the create is refused, as documented, with a hint when to retry',
    occasion: 'create',
    read: readStatus,
    effect: refusalOf,
  }),
  upgrade: kind({
    form: 'upgrade:<status|hang>',
    help: 'the upgrade is refused, or never answered',
    occasion: 'upgrade',
    only: 'ws',
    read: readUpgrade,
    effect: ({ status }) => status,
  }),
  close: kind({
    form: 'close[:<code>]',
    help: 'the WebSocket is closed in the middle of a response',
    occasion: 'stream',
    only: 'ws',
    read: readClose,
    effect: ({ code }) => ({ kind: 'end', ending: { closeCode: code } }),
  }),
  reset: kind({
    form: 'reset',
    help: 'the connection is reset in the middle of a response; over HTTP/2, where others share it, the stream is',
    occasion: 'stream',
    read: bare('reset'),
    effect: () => ({ kind: 'end', ending: 'reset' }),
  }),
  stall: kind({
    form: 'stall[:<time>]',
    help: 'the response rests for that long, or for good',
    occasion: 'stream',
    read: readStall,
    effect: ({ ms }) =>
      ms === undefined ? { kind: 'end', ending: 'stall' } : { kind: 'rest', ms },
  }),
  buffer: kind({
    form: 'buffer:<time>',
    help: 'the response is held back for that long, or until it is whole, then comes at once',
    occasion: 'stream',
    read: (argument: string, where: string) => timed('buffer', argument, where),
    effect: ({ ms }) => ({ kind: 'hold', ms }),
  }),
  garbage: kind({
    form: 'garbage',
    help: 'a message that is no JSON',
    occasion: 'stream',
    read: bare('garbage'),
    effect: () => ({ kind: 'unreadable', json: () => '{"type":"response.gar' }),
  }),
  oversize: kind({
    form: 'oversize',
    help: 'a message above the 16 MiB that clients commonly accept',
    occasion: 'stream',
    read: bare('oversize'),
    effect: () => ({ kind: 'unreadable', json: oversizedJson }),
  }),
  fail: kind({
    form: 'fail',
    help: 'the response ends in response.failed',
    occasion: 'stream',
    read: bare('fail'),
    effect: () => ({ kind: 'end', ending: 'failed' }),
  }),
  age: kind({
    form: 'age:<time>',
    help: 'WebSocket connections reach their age limit that early',
    occasion: 'open',
    only: 'ws',
    read: (argument: string, where: string) => timed('age', argument, where),
    effect: ({ ms }) => ms,
  }),
  forget: kind({
    form: 'forget[:invalid]',
    help: 'the connection’s cache is empty when a create arrives; invalid says so as newer servers do',
    occasion: 'lookup',
    only: 'ws',
    read: readForget,
    effect: ({ wording }) => wording ?? 'usual',
  }),
  'slow-read': kind({
    form: 'slow-read:<time>',
    help: 'before a request is served, nothing of its connection is read for that long',
    occasion: 'read',
    read: (argument: string, where: string) => timed('slow-read', argument, where),
    effect: ({ ms }) => ms,
  }),
  'half-open': kind({
    form: 'half-open:<time>',
    help: 'a connection that carries nothing for that long is dead: no FIN, no reset, no answer, no pong',
    occasion: 'connection',
    read: (argument: string, where: string) => timed('half-open', argument, where),
    effect: ({ ms }) => ms,
  }),
};

/** A thing that goes wrong, as plain data. */
export type Fault = ReturnType<(typeof faultKinds)[keyof typeof faultKinds]['read']>;

/** A kind of fault: how it is written, what it does, at which occasion, and over which transport alone. */
interface FaultKind<Occasion extends keyof Effects, Argument> {
  form: string;
  help: string;
  occasion: Occasion;
  only?: 'ws';
  /** @throws UsageError naming `where`, if the argument isn't understood */
  readonly read: (argument: string, where: string, name: string) => Argument;
  readonly effect: (fault: Argument) => Effects[Occasion];
}

/** Lets the compiler infer what a row's argument reads as. */
function kind<Occasion extends keyof Effects, Argument>(
  row: FaultKind<Occasion, Argument>,
): FaultKind<Occasion, Argument> {
  return row;
}

function bare<Kind extends string>(
  name: Kind,
): (argument: string, where: string) => { kind: Kind } {
  return (argument, where) => {
    if (argument === '') return { kind: name };
    throw new UsageError(`${where}: ${name} takes no argument`);
  };
}

function timed<Kind extends string>(
  name: Kind,
  argument: string,
  where: string,
): { kind: Kind; ms: number } {
  return { kind: name, ms: parseDurationMs(argument, where) };
}

function readStatus(
  argument: string,
  where: string,
  name: string,
): { kind: 'status'; status: number; code?: string; retryAfterMs?: number } {
  const status = Number(name);
  const [, code, time] = /^([a-z][a-z_]*)?(?::?(.+))?$/.exec(argument) ?? [];
  if (code !== undefined && !codesOf(status).includes(code)) {
    const codes = codesOf(status).join(', ') || 'none';
    throw new UsageError(
      `${where}: expected a duration or a documented code of ${status} (${codes}), got ${JSON.stringify(argument)}`,
    );
  }
  return {
    kind: 'status',
    status,
    ...(code !== undefined && { code }),
    ...(time !== undefined && { retryAfterMs: parseDurationMs(time, where) }),
  };
}

function refusalOf({ status, code, retryAfterMs }: ReturnType<typeof readStatus>): Refusal {
  const refusal = documentedRefusal(status, code);
  if (retryAfterMs === undefined) return refusal;
  const headers = {
    'retry-after': String(Math.ceil(retryAfterMs / 1000)),
    'retry-after-ms': String(Math.round(retryAfterMs)),
  };
  return { ...refusal, headers };
}

function readUpgrade(
  argument: string,
  where: string,
): { kind: 'upgrade'; status: number | 'hang' } {
  if (argument === 'hang') return { kind: 'upgrade', status: 'hang' };
  if (/^[45]\d\d$/.test(argument)) return { kind: 'upgrade', status: Number(argument) };
  throw new UsageError(`${where}: expected upgrade:<status from 400 to 599> or upgrade:hang`);
}

function readClose(argument: string, where: string): { kind: 'close'; code: number } {
  const code = argument === '' ? 1011 : Number(argument);
  if (mayClose(code)) return { kind: 'close', code };
  throw new UsageError(`${where}: expected a close code that may be sent, such as 1011`);
}

/** RFC 6455, section 7.4: 1004 to 1006 and 1015 never go over the wire. */
function mayClose(code: number): boolean {
  const registered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return Number.isInteger(code) && (registered || (code >= 3000 && code <= 4999));
}

function readStall(argument: string, where: string): { kind: 'stall'; ms?: number } {
  if (argument === '') return { kind: 'stall' };
  return { kind: 'stall', ms: parseDurationMs(argument, where) };
}

function readForget(argument: string, where: string): { kind: 'forget'; wording?: 'invalid' } {
  if (argument === '') return { kind: 'forget' };
  if (argument === 'invalid') return { kind: 'forget', wording: 'invalid' };
  throw new UsageError(`${where}: expected forget or forget:invalid`);
}

function oversizedJson(): string {
  return `{"type":"response.oversized","filler":"${'x'.repeat(OVERSIZE_BYTES)}"}`;
}

const OVERSIZE_BYTES = 17 * 1024 ** 2;
