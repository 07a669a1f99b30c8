import {
  type CellPlace,
  type ClaimCell,
  type ClaimFacts,
  cellAt,
  changeAt,
} from '../../../estimate/claims.ts';
import type { ArmEstimate } from '../../../estimate/estimate.ts';
import { serverUs } from '../../../estimate/requirements.ts';
import { formatChange } from '../../text/figures.ts';

/** What every claim is held against: a client that dials for each call, and one that keeps its connection. */
export const baseNames = ['http', 'http-keepalive'] as const;

/** The cell of the curve with so many calls. */
export function curveCell(
  facts: ClaimFacts,
  steps: number,
  rttMs: number,
  profile = 'fast',
): ClaimCell {
  return cellAt(facts, { scenario: 'coding-agent', steps, rttMs, profile });
}

/** The cell that most rows speak of. */
export function headline(facts: ClaimFacts): ClaimCell {
  return curveCell(facts, 20, 40);
}

/** The cells of the curve with so many calls, over both profiles and all round trips. */
export function curveOf(facts: ClaimFacts, steps: number): ClaimCell[] {
  return ['fast', 'flagship'].flatMap((profile) =>
    [0, 40, 100].map((rttMs) => curveCell(facts, steps, rttMs, profile)),
  );
}

/** The cells of whole scenarios, coding-agent first. */
export function workloads(facts: ClaimFacts): ClaimCell[] {
  return ['coding-agent', 'customer-support', 'code-review', 'research'].map((scenario) =>
    cellAt(facts, { scenario, steps: undefined, rttMs: 40, profile: 'fast' }),
  );
}

/** A place in words: `20 calls, fast, 40 ms`. */
export function placeText({ scenario, profile, rttMs, steps }: CellPlace): string {
  const what = steps === undefined ? scenario : `${steps} calls`;
  return `${what}, ${profile}, ${rttMs === 0 ? 'loopback' : `${rttMs} ms`}`;
}

/** Where a change of so many percent is reached for sure, or how near one comes. */
export function whereReached(cells: readonly ClaimCell[], base: string, percent: number): string {
  const changes = cells.map((cell) => ({ cell, ...changeAt(cell, base) }));
  const reached = changes.filter(
    ({ changePercent, interval }) => (interval?.upper ?? changePercent) <= percent,
  );
  const best = Math.min(...changes.map(({ changePercent }) => changePercent));
  return reached.length === 0
    ? `Not reached for sure against ${base} here: ${formatChange(best)} at most.`
    : `Reached against ${base} at ${reached.map(({ cell }) => placeText(cell.place)).join('; ')}.`;
}

/** What would have to be true for a target, a line for each base and place; where it is so already, that is said. */
export function requiredTexts({ required }: ClaimFacts, target: number): string[] {
  return required
    .filter((each) => each.target === target)
    .flatMap(({ place, found }) =>
      baseNames.map((base) => {
        const ofBase = found.filter((each) => each.base === base);
        const needs = ofBase.map(({ unknown, found: end }) => needText(unknown, end.value));
        const isSo = ofBase.every(
          ({ now, found: { value } }) => value !== null && value <= (now ?? Infinity),
        );
        return `${100 * target} % against ${base} at ${place.rttMs} ms: ${isSo ? 'as it is' : needs.join(', or ')}`;
      }),
    );
}

/** From which number of calls on a target is reached against a base at 40 ms. */
export function callsText({ required }: ClaimFacts, base: string, target: number): string {
  const found = required
    .find((each) => each.target === target && each.place.rttMs === 40)
    ?.found.find((each) => each.base === base && each.unknown === 'calls');
  const calls = found?.found.value ?? null;
  return calls === null ? `${100 * target} % never` : `${100 * target} % from ${calls} calls on`;
}

function needText(unknown: string, value: number | null): string {
  const { what, unit } = words[unknown] ?? { what: unknown, unit: '' };
  if (value === null) return `no ${what} is enough by itself`;
  const amount = value < 10 ? Number(value.toPrecision(2)) : Math.round(value);
  return `${what} from ${amount.toLocaleString('en-US')}${unit} on`;
}

const words: Readonly<Record<string, { what: string; unit: string }>> = {
  sparedPerCallMs: { what: 'server work spared per call', unit: ' ms' },
  roundTripMs: { what: 'round trip', unit: ' ms' },
  calls: { what: 'number of calls', unit: '' },
  tokensPerSecond: { what: 'model speed', unit: ' tokens/s' },
};

interface Sides {
  before: ArmEstimate;
  after: ArmEstimate;
}

/** The arms of a base and of ws. */
export function sidesOf({ estimate }: ClaimCell, base: string): Sides {
  const [before, after] = [estimate.arms[base], estimate.arms['ws']];
  if (before === undefined || after === undefined) throw new Error(`no claim knows ${base}`);
  return { before, after };
}

/** What a call over ws takes less, and what of that is server work. */
export function savedPerCall(cell: ClaimCell, base: string): { savedMs: number; serverMs: number } {
  const { before, after } = sidesOf(cell, base);
  const perCall = (us: number): number => us / 1000 / cell.estimate.steps;
  return {
    savedMs: perCall(before.e2eUs - after.e2eUs),
    serverMs: perCall(serverUs(before) - serverUs(after)),
  };
}

/** What opening connections takes per call. */
export function openingOf(
  { estimate }: ClaimCell,
  name: string,
): { perCallMs: number; dials: number; calls: number } {
  const arm = estimate.arms[name];
  const us = (arm?.parts.tcpConnect ?? 0) + (arm?.parts.tlsHandshake ?? 0);
  const calls = estimate.steps;
  return { perCallMs: us / 1000 / calls, dials: arm?.connections ?? 0, calls };
}

/** What dialling for each call takes more than a kept connection, per call. */
export function diallingOf({ estimate }: ClaimCell): { handshakeMs: number; slowStartMs: number } {
  const { http, 'http-keepalive': kept } = estimate.arms;
  const more = (part: 'tcpConnect' | 'tlsHandshake' | 'upload' | 'download'): number =>
    ((http?.parts[part] ?? 0) - (kept?.parts[part] ?? 0)) / 1000 / estimate.steps;
  return {
    handshakeMs: more('tcpConnect') + more('tlsHandshake'),
    slowStartMs: more('upload') + more('download'),
  };
}

/** Changes in percent of what is sent, what the server works on, and what the model reads. */
export function tokenChanges(cell: ClaimCell): { sent: number; processed: number; read: number } {
  const { before, after } = sidesOf(cell, 'http');
  const change = (of: 'bytesSent' | 'tokensProcessed' | 'inputTokens'): number =>
    100 * (after[of] / before[of] - 1);
  return {
    sent: change('bytesSent'),
    processed: change('tokensProcessed'),
    read: change('inputTokens'),
  };
}

/** A last call that finds no socket: as long as one that dials and sends all, and the upgrade, less one that finds it. */
export function reconnectMs(cell: ClaimCell): number {
  const { before, after } = sidesOf(cell, 'http');
  const last = ({ stepsUs }: ArmEstimate): number => stepsUs.at(-1) ?? 0;
  return (last(before) - last(after)) / 1000 + cell.place.rttMs;
}
