import { UsageError } from '../../errors.ts';
import { parseDurationMs } from '../../units.ts';
import { codesOf } from './errors.ts';

/** Something that goes wrong. Those with an event strike when that many events of a response are out. */
export type Fault =
  /** The upgrade is refused with that status, or never answered. */
  | { kind: 'upgrade'; status: number | 'hang' }
  /** The create is refused, with the first documented code of that status unless told another one. */
  | { kind: 'status'; status: number; code?: string; retryAfterMs?: number }
  /** The WebSocket is closed with that code in the middle of a response. */
  | { kind: 'close'; code: number }
  /** The TCP connection is reset in the middle of a response; over HTTP/2, where others share it, the stream is. */
  | { kind: 'reset' }
  /** The response rests for that long, or for good. */
  | { kind: 'stall'; ms?: number }
  /** A message, or a whole body, that is no JSON. */
  | { kind: 'garbage' }
  /** A message, or a whole body, above the 16 MiB that clients commonly accept. */
  | { kind: 'oversize' }
  /** The response ends in `response.failed`. */
  | { kind: 'fail' }
  /** WebSocket connections reach their age limit that early. */
  | { kind: 'age'; ms: number }
  /** The connection's cache is empty when the create arrives; `invalid` says so in the words that newer servers have for it. */
  | { kind: 'forget'; wording?: 'invalid' }
  /** Before a create is read and served, the server reads nothing of its connection for that long. */
  | { kind: 'slow-read'; ms: number };

/** A fault and when it strikes. */
export interface FaultRule {
  fault: Fault;
  /** As the user wrote it; names the fault in metrics. */
  name: string;
  probability: number;
  /** Events that go out before it strikes. */
  event: number;
  /** Strikes only at this occasion, the first being 1. */
  call?: number;
  transport?: 'http' | 'ws';
}

/**
 * Reads a list of faults such as `429:2s@0.1,close:1011@event5`: comma-separated, each
 * `<fault>[:<argument>]` and any number of conditions: `@0.1` (with that probability), `@event5` (after
 * five events), `@call3` (only the third time), `@http` or `@ws`. `flaky` stands for a mix of several.
 * A status may name one of its documented codes, before its retry hint: `429:slow_down:2s`.
 *
 * @throws UsageError naming `where` and the part that is wrong
 */
export function parseFaults(text: string, where: string): FaultRule[] {
  return spellOutFaults(text)
    .split(',')
    .map((part) => parseRule(part, where));
}

/** The same list with the mix that `flaky` stands for written out, so that it says all there is to know. */
export function spellOutFaults(text: string): string {
  const parts = text.split(',').map((part) => part.trim());
  return parts.map((part) => (part === 'flaky' ? FLAKY : part)).join(',');
}

/** What an endpoint on a bad day does: some refusals, some broken streams. */
const FLAKY = '503@0.02,429:200ms@0.02,close:1011@event5@0.01,reset@event8@0.01,fail@event6@0.01';

function parseRule(part: string, where: string): FaultRule {
  const [head = '', ...conditions] = part.split('@');
  const [name = '', ...rest] = head.split(':');
  const fault = parseFault(name, rest.join(':'), `${where}: ${JSON.stringify(part)}`);
  const rule: FaultRule = { fault, name, probability: 1, event: DEFAULT_EVENT };
  for (const condition of conditions)
    addCondition(rule, condition, `${where}: ${JSON.stringify(part)}`);
  return rule;
}

/** After `response.created` and `response.in_progress`: the response has begun. */
const DEFAULT_EVENT = 2;

function parseFault(name: string, argument: string, where: string): Fault {
  if (/^[45]\d\d$/.test(name)) return parseStatus(Number(name), argument, where);
  switch (name) {
    case 'upgrade': {
      if (argument === 'hang') return { kind: 'upgrade', status: 'hang' };
      if (/^[45]\d\d$/.test(argument)) return { kind: 'upgrade', status: Number(argument) };
      throw new UsageError(`${where}: expected upgrade:<status from 400 to 599> or upgrade:hang`);
    }
    case 'close': {
      const code = argument === '' ? 1011 : Number(argument);
      if (mayClose(code)) return { kind: 'close', code };
      throw new UsageError(`${where}: expected a close code that may be sent, such as 1011`);
    }
    case 'stall':
      if (argument === '') return { kind: 'stall' };
      return { kind: 'stall', ms: parseDurationMs(argument, where) };
    case 'age':
      return { kind: 'age', ms: parseDurationMs(argument, where) };
    case 'slow-read':
      return { kind: 'slow-read', ms: parseDurationMs(argument, where) };
    case 'reset':
    case 'garbage':
    case 'oversize':
    case 'fail':
      if (argument === '') return { kind: name };
      throw new UsageError(`${where}: ${name} takes no argument`);
    case 'forget':
      if (argument === '') return { kind: 'forget' };
      if (argument === 'invalid') return { kind: 'forget', wording: 'invalid' };
      throw new UsageError(`${where}: expected forget or forget:invalid`);
    default:
      throw new UsageError(
        `${where}: expected an HTTP status such as 429 or 503, or one of ${kinds.join(', ')}`,
      );
  }
}

function parseStatus(status: number, argument: string, where: string): Fault {
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

const kinds = [
  'upgrade:<status|hang>',
  'close:<code>',
  'reset',
  'stall[:<time>]',
  'garbage',
  'oversize',
  'fail',
  'age:<time>',
  'forget[:invalid]',
  'slow-read:<time>',
];

/** RFC 6455, section 7.4: 1004 to 1006 and 1015 never go over the wire. */
function mayClose(code: number): boolean {
  const registered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return Number.isInteger(code) && (registered || (code >= 3000 && code <= 4999));
}

function addCondition(rule: FaultRule, condition: string, where: string): void {
  const [, key, digits] = /^(event|call)(\d{1,9})$/.exec(condition) ?? [];
  const probability = /^\d*\.?\d+$/.test(condition) ? Number(condition) : undefined;
  if (condition === 'http' || condition === 'ws') rule.transport = condition;
  else if (key === 'event') rule.event = Number(digits);
  else if (key === 'call' && Number(digits) > 0) rule.call = Number(digits);
  else if (probability !== undefined && probability <= 1) rule.probability = probability;
  else {
    throw new UsageError(
      `${where}: expected @<probability up to 1>, @event<n>, @call<n>, @http or @ws, got ${JSON.stringify(`@${condition}`)}`,
    );
  }
}
