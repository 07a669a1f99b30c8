import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/compare/attribution/attribute.ts';
import type { ReportOptions } from '../../src/report/formats/options.ts';
import { reporters } from '../../src/report/index.ts';
import type { Result } from '../../src/result/schema.ts';
import { transports } from '../../src/transport/index.ts';
import { type MadeUp, madeUpResult } from '../result/made-up.ts';

const all = Object.keys(transports);
const folder = 'results/20261122T181530Z-coding-agent';

function attributed(made: MadeUp = {}): Result {
  const result = madeUpResult(made);
  return { ...result, attribution: attribute(result.run.options.transports, result.rounds, null) };
}

const linesOf = (result: Result, options?: ReportOptions): string[] =>
  reporters.table(result, options).trimEnd().split('\n');

const widest = (lines: readonly string[]): number => Math.max(...lines.map((l) => stringWidth(l)));

/** Every round's ws as long as its http, to the left and the right of it by turns. */
function alike(rounds: Result['rounds']): void {
  for (const { index, workflows } of rounds) {
    const { http, ws } = workflows;
    if (http && ws) ws.e2eUs = http.e2eUs + (index % 2 === 0 ? 9000 : -9000);
  }
}

describe('the table without --full', () => {
  it('ends with the summary', () => {
    expect(linesOf(attributed(), { folder }).join('\n')).toMatchInlineSnapshot(`
      "coding-agent · 4 steps · 10 rounds · bundled mock, profile fast · agent-latency-bench 0.1.0

      transport       conns  handshake  first token    step  workflow      sent  vs http     95 % interval
      http                4    2.20 ms      3.60 ms  334 ms   1517 ms  416.0 KB     base
      http-keepalive      1    2.80 ms      3.65 ms  332 ms   1505 ms  412.0 KB   -0.6 %    -0.8 to -0.6 %
      ws                  1    2.80 ms      3.58 ms  294 ms   1356 ms   84.0 KB  -10.7 %  -10.7 to -10.2 %
      Medians; connections and bytes per completed workflow, bytes with TLS and framing.

      Where the time went: ws against http
      mean in ms     http     ws  change
      streaming      1309   1157    -152 ████████████████
      opening: TLS   10.2   2.00   -8.18 █
      other changes  1.02  0.800  -0.218
      workflow       1516   1356    -160

      Summary
      ws finished this workflow 10.7 % faster than http (95 % interval 10.2 to 10.7 %, 10 rounds): 163 ms
      of 1517 ms.
      ws finished this workflow 9.9 % faster than http-keepalive (95 % interval 9.7 to 10.2 %, 10 rounds):
      150 ms of 1505 ms.
      Others against http: http-keepalive -0.6 %.
      Mostly streaming -152 ms (of -160 ms, by means).
      Simulated: the bundled mock's profile fast, no link, tools as in the scenario.
      Result files in results/20261122T181530Z-coding-agent
      To look at: report.html there"
    `);
  });

  it.each([
    ['a run as it is by default', undefined, [60, 80, 100, 200]],
    ['every transport', all, [60, 80, 100, 200]],
  ] as const)('fits the terminal: %s', (_, names, widths) => {
    const result = attributed({ ...(names && { transports: [...names] }) });
    for (const width of widths) {
      const brief = linesOf(result, { folder, width });
      expect(widest(brief)).toBeLessThanOrEqual(width);
      expect(widest(linesOf(result, { folder, width, full: true }))).toBeLessThanOrEqual(width);
      if (width >= 90) expect(brief.length).toBeLessThan(40);
    }
  });

  it('has a row for each transport from 60 columns on, whatever the figures', () => {
    for (const width of [60, 80, 90, 100]) {
      const heads = linesOf(attributed({ transports: all }), { width }).filter((line) =>
        line.startsWith('transport '),
      );
      expect(heads).toHaveLength(1);
      expect(heads[0]).toMatch(/workflow .*vs http .*95 % interval/);
    }
  });

  it('leaves out what is empty: p95 of few rounds, failures where there are none', () => {
    const [, , head] = linesOf(attributed());
    expect(head).not.toMatch(/p95|failed|over HTTP/);
    const [, , full] = linesOf(attributed({ rounds: 72 }));
    expect(full).toContain('p95');
  });

  it('says that nothing differs, and does not explain it', () => {
    const text = linesOf(attributed({ transports: ['http', 'ws'], edit: alike })).join('\n');
    expect(text).toContain('ws and http: no difference that 10 rounds can tell');
    expect(text).not.toMatch(/Where the time went|Mostly/);
  });

  it('names the transports that do not differ together', () => {
    const result = attributed({ transports: all });
    for (const each of result.comparisons) {
      if (each.candidate.startsWith('http'))
        each.interval = { level: 0.95, lower: 0.9, upper: 1.1 };
    }
    expect(linesOf(result, { width: 200 }).join('\n')).toMatch(
      /no difference that 10 rounds can tell: http-keepalive, http-pooled, http2, http-chained/,
    );
  });

  it('compares with every base that the result knows', () => {
    const result = attributed();
    const ws = result.comparisons.filter(({ candidate }) => candidate === 'ws');
    result.comparisons.push(...ws.map((each) => ({ ...each, base: 'http-keepalive' })));
    const text = linesOf(result, { width: 200 }).join('\n');
    expect(text).toMatch(/ws finished .* than http \(/);
    expect(text).toMatch(/ws finished .* than http-keepalive \(/);
  });

  it('is one line where no round was measured', () => {
    const result = { ...attributed(), rounds: [] };
    result.run = { ...result.run, complete: false, stopReason: 'interrupted' };
    expect(linesOf(result)).toEqual([
      'INCOMPLETE: interrupted after 0 of 10 rounds: nothing of coding-agent was measured',
    ]);
  });

  it('is ASCII for a terminal that shows nothing else, and as wide as before', () => {
    for (const full of [true, false]) {
      const plain = linesOf(attributed({ transports: all }), { full, ascii: true });
      expect(plain.join('')).not.toMatch(/[^ -~]/);
      expect(widest(plain)).toBe(widest(linesOf(attributed({ transports: all }), { full })));
    }
  });
});
