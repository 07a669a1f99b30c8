import { type ClaimCell, type ClaimFacts, cellAt, changeAt } from '../../../estimate/claims.ts';
import { formatBytes } from '../../../units.ts';
import { formatChange } from '../../text/figures.ts';
import {
  baseNames,
  callsText,
  curveCell,
  curveOf,
  diallingOf,
  headline,
  openingOf,
  reconnectMs,
  requiredTexts,
  savedPerCall,
  sidesOf,
  tokenChanges,
  whereReached,
  workloads,
} from './figures.ts';

/** A published claim, held against our figures. Every text but the claim and its source is drawn from them. */
export interface ClaimRow {
  claim: string;
  source: string;
  /** Where our figures are from. */
  conditions: string;
  /** Places whose changes are shown side by side. */
  cells?: (facts: ClaimFacts) => ClaimCell[];
  /** What else was found, a line each. */
  figures?: (facts: ClaimFacts) => string[];
  /** What would have to be true; absent where the figures say it. */
  required?: (facts: ClaimFacts) => string[];
  verdict: (facts: ClaimFacts) => string;
}

/** The claims, in the order in which a reader asks. */
export const claimRows: readonly ClaimRow[] = [
  {
    claim: 'Up to 40 % faster end to end',
    source:
      'OpenAI, 2026-04-22, for loops of 20 calls and more; Vercel, Cline and Cursor 30 to 40 %',
    conditions: 'coding-agent cut to 20 calls, tools as scripted, model at 1,000 and 65 tokens/s',
    cells: (facts) => curveOf(facts, 20),
    required: (facts) => requiredTexts(facts, 0.4),
    verdict: (facts) =>
      baseNames.map((base) => whereReached(curveOf(facts, 20), base, -40)).join(' '),
  },
  {
    claim: '29 % faster, 14.30 s in place of 20.24 s',
    source: 'OpenAI, alpha demo of 20 steps, 2026-02, n = 5, unpaired, no prompt cache',
    conditions: 'coding-agent cut to 20 calls, 40 ms, model at 1,000 tokens/s',
    figures: (facts) => {
      const cell = headline(facts);
      return baseNames.map((base) => {
        const { savedMs, serverMs } = savedPerCall(cell, base);
        return `spared per call against ${base}: ${savedMs.toFixed(0)} ms, of which ${serverMs.toFixed(0)} ms are server work (estimated)`;
      });
    },
    verdict: (facts) => {
      const demoMs = (20_240 - 14_300) / 20;
      const shares = baseNames.map((base) => {
        const { savedMs } = savedPerCall(headline(facts), base);
        return `${((100 * savedMs) / demoMs).toFixed(0)} % against ${base}`;
      });
      return `The demo spared ${demoMs.toFixed(0)} ms a call. What we model explains ${shares.join(', ')}; the rest would have to be work of their servers that nobody published.`;
    },
  },
  {
    claim: 'A handshake costs 100 to 300 ms a call',
    source: 'Agentic Daily, 2026-04-23',
    conditions: 'coding-agent cut to 20 calls, TLS 1.3',
    figures: (facts) =>
      [40, 100].map((rttMs) => {
        const { perCallMs, dials, calls } = openingOf(curveCell(facts, 20, rttMs), 'http');
        return `${rttMs} ms: ${perCallMs.toFixed(0)} ms a call over http, which dials ${dials} times for ${calls} calls (estimated)`;
      }),
    verdict: (facts) => {
      const { perCallMs } = openingOf(curveCell(facts, 20, 100), 'http');
      const kept = openingOf(curveCell(facts, 20, 100), 'http-keepalive');
      const roundTrips = perCallMs / 100;
      return `Holds for round trips of ${(100 / roundTrips).toFixed(0)} to ${(300 / roundTrips).toFixed(0)} ms, and only for clients that dial for every call: kept, a connection is paid for ${kept.dials === 1 ? 'once' : `${kept.dials} times`}.`;
    },
  },
  {
    claim: 'Dialling costs more than its handshake',
    source: 'RFC 6928 and RFC 5681: every connection begins with ten segments',
    conditions: 'coding-agent cut to 20 calls',
    figures: (facts) =>
      [40, 100].map((rttMs) => {
        const cell = curveCell(facts, 20, rttMs);
        const { handshakeMs, slowStartMs } = diallingOf(cell);
        return `${rttMs} ms: ${handshakeMs.toFixed(0)} ms of handshake and ${slowStartMs.toFixed(0)} ms of slow start a call more than kept (estimated)`;
      }),
    verdict: (facts) => {
      const { handshakeMs, slowStartMs } = diallingOf(headline(facts));
      return slowStartMs > 0
        ? `Holds: at 40 ms slow start adds ${((100 * slowStartMs) / handshakeMs).toFixed(0)} % of what the handshake takes.`
        : 'Doesn’t show: requests fit into the first window.';
    },
  },
  {
    claim: '25 % more efficient in tokens: less is sent again',
    source: 'Agentic Daily, 2026-04-23',
    conditions:
      'coding-agent cut to 20 calls; tools are sent with every request, as real clients do',
    figures: (facts) => {
      const { sent, processed, read } = tokenChanges(headline(facts));
      return [
        `sent: ${formatChange(sent)}; rendered and checked anew: ${formatChange(processed)}; read by the model, which is what is billed: ${formatChange(read)}`,
      ];
    },
    verdict: (facts) => {
      const { sent, processed, read } = tokenChanges(headline(facts));
      const more = Math.min(-sent, -processed) >= 25 ? 'More than that' : 'Less than that';
      return `${more} for what travels and what the server works on; ${Math.abs(read) < 1 ? 'nothing' : formatChange(read)} for what the model reads.`;
    },
  },
  {
    claim: 'Worth it from more than five calls',
    source: 'Agentic Daily, 2026-04-23',
    conditions: 'coding-agent cut and lengthened, 40 ms, model at 1,000 tokens/s',
    cells: (facts) => [2, 5, 10, 20].map((steps) => curveCell(facts, steps, 40)),
    verdict: (facts) =>
      `Reckoned at 40 ms: ${baseNames
        .map((base) => {
          const passed = [0.05, 0.1].map((target) => callsText(facts, base, target));
          return `against ${base}, ${passed.join(', ')}`;
        })
        .join('; ')}.`,
  },
  {
    claim: 'Support, review and research gain most',
    source: 'vendors’ announcements, 2026-04',
    conditions: 'the bundled scenarios as they are, 40 ms, model at 1,000 tokens/s',
    cells: workloads,
    verdict: (facts) => {
      const [coding, ...others] = workloads(facts);
      return baseNames
        .map((base) => {
          const gain = (cell: ClaimCell | undefined): number =>
            cell === undefined ? 0 : -changeAt(cell, base).changePercent;
          const more = others.filter((cell) => gain(cell) > gain(coding));
          const less = others.filter((cell) => !more.includes(cell));
          return `More than coding-agent against ${base}: ${namesOf(more)}; less: ${namesOf(less)}.`;
        })
        .join(' ');
    },
  },
  {
    claim: 'Up to about 20 % faster than HTTP that already chains by id',
    source: 'xAI documentation',
    conditions: 'coding-agent cut to 20 calls, 40 ms, http-chained as the base',
    cells: (facts) => [cellAt(facts, { transports: ['http-chained', 'ws'] })],
    verdict: (facts) => {
      const cell = cellAt(facts, { transports: ['http-chained', 'ws'] });
      const { changePercent } = changeAt(cell, 'http-chained');
      return changePercent >= -20 && changePercent < 0
        ? `Within that: ${formatChange(changePercent)}.`
        : `${formatChange(changePercent)} here.`;
    },
  },
  {
    claim: '82 % fewer client bytes, and 15 to 29 % faster',
    source: 'InfoQ, 2026-04-08, live API',
    conditions: 'coding-agent cut to 10 calls, 40 ms, model at 65 tokens/s',
    cells: (facts) => [curveCell(facts, 10, 40, 'flagship')],
    figures: (facts) => {
      const cell = curveCell(facts, 10, 40, 'flagship');
      const { before, after } = sidesOf(cell, 'http');
      return [
        `${formatBytes(before.bytesSent)} over http, ${formatBytes(after.bytesSent)} over ws: ${formatChange(tokenChanges(cell).sent)} (estimated)`,
      ];
    },
    verdict: (facts) => {
      const cell = curveCell(facts, 10, 40, 'flagship');
      const changes = baseNames.map(
        (base) => `${formatChange(changeAt(cell, base).changePercent)} against ${base}`,
      );
      return `${formatChange(tokenChanges(cell).sent)} of bytes, as tools travel again with every request; ${changes.join(', ')}.`;
    },
  },
  {
    claim:
      'On loopback a warm WebSocket is slightly slower than warm HTTPS: the gain is history, not transport',
    source: 'sozercan/vekil pull request 20, micro-benchmark in Go',
    conditions:
      'quick, no link, a server without delays: what is left is client, protocol and our own work',
    cells: (facts) => [cellAt(facts, { profile: 'instant' })],
    verdict: (facts) => {
      const { interval, changePercent, source } = changeAt(
        cellAt(facts, { profile: 'instant' }),
        'http-keepalive',
      );
      if (source === 'estimated')
        return 'Not measured: our own work is all there is, and estimates leave it out.';
      if (interval === null || (interval.lower <= 0 && interval.upper >= 0))
        return 'No difference is sure here.';
      return changePercent > 0
        ? 'Holds here too.'
        : 'The other way round here: our clients and servers are others.';
    },
  },
  {
    claim: 'Reconnecting is the price of a kept socket',
    source: 'murph 3440 and 3586, cloudflare/agents 2242: sockets that died idle',
    conditions: 'coding-agent cut to 20 calls: a socket lost before the last call',
    figures: (facts) =>
      [40, 100].map((rttMs) => {
        const cell = curveCell(facts, 20, rttMs);
        return `${rttMs} ms: ${reconnectMs(cell).toFixed(0)} ms to dial, upgrade and send all again (estimated); a call gains ${savedPerCall(cell, 'http-keepalive').savedMs.toFixed(0)} ms on kept HTTP`;
      }),
    verdict: (facts) => {
      const cell = headline(facts);
      const calls = reconnectMs(cell) / savedPerCall(cell, 'http-keepalive').savedMs;
      return calls > 0
        ? `At 40 ms a lost socket takes back what about ${Math.ceil(calls)} calls gained on kept HTTP; noticing the loss comes on top.`
        : 'At 40 ms there is nothing to lose against kept HTTP.';
    },
  },
];

function namesOf(cells: readonly ClaimCell[]): string {
  return cells.length === 0 ? 'none' : cells.map(({ place }) => place.scenario).join(' and ');
}
