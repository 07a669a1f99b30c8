import { UsageError } from '../../errors.ts';
import { type Fault, faultKinds } from './kinds.ts';

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
 * The rules in a list of faults such as `429:2s@0.1,close:1011@event5`: comma-separated, each
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

/** A row for each fault: how it is written, and what it does. */
export function faultHelp(): { form: string; help: string }[] {
  return Object.values(faultKinds).map(({ form, help }) => ({ form, help }));
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
  const key = /^[45]\d\d$/.test(name) ? 'status' : name;
  if (isKind(key) && name !== 'status') return faultKinds[key].read(argument, where, name);
  const { status: _, ...named } = faultKinds;
  const forms = Object.values(named).map(({ form }) => form);
  throw new UsageError(
    `${where}: expected an HTTP status such as 429 or 503, or one of ${forms.join(', ')}`,
  );
}

function isKind(name: string): name is keyof typeof faultKinds {
  return Object.hasOwn(faultKinds, name);
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
