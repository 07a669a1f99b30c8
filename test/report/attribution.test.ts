import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/compare/attribution/attribute.ts';
import {
  attributionGrid,
  attributionLines,
  attributionTitle,
} from '../../src/report/blocks/attribution.ts';
import type { ReportOptions } from '../../src/report/formats/options.ts';
import { reporters } from '../../src/report/index.ts';
import type { Attribution } from '../../src/result/attribution.ts';
import type { Result } from '../../src/result/schema.ts';
import { type MadeUp, madeUpResult } from '../result/made-up.ts';

/** All that a table says with `--full`. */
const fullTable = (result: Result, options?: ReportOptions): string =>
  reporters.table(result, { ...options, full: true });

function attributed(made: MadeUp = {}): Result & { attribution: Attribution } {
  const result = madeUpResult(made);
  const attribution = attribute(result.run.options.transports, result.rounds, null);
  return { ...result, attribution: attribution ?? expect.fail('nothing') };
}

/** The section in a report, without what stands around it. */
function sectionOf(text: string): string {
  return text.slice(text.indexOf(attributionTitle)).split('\n\nMeasured')[0] ?? '';
}

const declared: MadeUp['edit'] = (rounds) => {
  for (const { workflows } of rounds) {
    for (const { steps } of Object.values(workflows)) {
      for (const step of steps) step.server = { stagesUs: { safety: 20_000, decode: 150_000 } };
    }
  }
};

describe('where the time went', () => {
  it('says which arms declare what the server did, and which do not', () => {
    const overHttp: MadeUp['edit'] = (rounds) => {
      declared(rounds);
      for (const { workflows } of rounds) {
        for (const step of workflows['ws']?.steps ?? []) delete step.server;
      }
    };
    const noteOf = (edit?: MadeUp['edit']): string =>
      reporters.markdown(attributed({ ...(edit && { edit }) }));
    expect(noteOf(overHttp)).toContain(
      'The server declares its stages over http, http-keepalive, but not, or not in every step, over ws, so waiting',
    );
    expect(noteOf()).toContain('The server does not declare its stages, so waiting');
  });

  it('is a bar per part and arm, the ladder and the break-even', () => {
    expect(sectionOf(fullTable(attributed({ edit: declared })))).toMatchInlineSnapshot(`
      "Where the time went
      mean in ms      http                   http-keepalive         ws                     ws vs http
      tools            180 ██                 180 ██                 180 ██                –
      opening: TLS    10.2                   2.00                   2.00                   -8.18
      server: safety  80.0 █                 80.0 █                 80.0 █                 –
      model: decode    600 ██████             600 ██████             600 ██████            –
      undeclared       641 ███████            638 ███████            489 █████             -152
      other           5.02                   4.80                   4.80                   -0.218
      workflow        1516 ████████████████  1505 ████████████████  1356 ██████████████    -160
      Means per workflow over 10 rounds, which add up, unlike medians. Server and model: as the server
      declares. Undeclared: the rest of the time from request to answer, the network included. Other:
      opening: TCP, opening: upgrade, writing requests, our own work.
      http → http-keepalive, connection reuse: -11.0 ms (95 % interval -13.4 ms to -8.50 ms)
      http-keepalive → ws, framing, incremental input + server cache: -149 ms (95 % interval -153 ms to
        -146 ms)
      http → ws, together: -160 ms
      ws is ahead of http-keepalive from step 1 on (95 % interval: step 1 alone); after the first step it
        is 36.3 ms ahead.
      ws is ahead of http from step 1 on (95 % interval: step 1 alone); after the first step it is 38.7 ms
        ahead."
    `);
  });

  it('is a table in Markdown, without bars', () => {
    expect(
      sectionOf(reporters.markdown(attributed({ transports: ['http', 'ws'], rounds: 3 }))),
    ).toMatchInlineSnapshot(`
      "Where the time went

      | mean in ms | http | ws | ws vs http |
      | --- | --- | --- | --- |
      | tools | 180 | 180 | – |
      | opening: TLS | 10.2 | 2.00 | -8.18 |
      | waiting | 12.0 | 12.0 | – |
      | streaming | 1309 | 1160 | -149 |
      | other | 5.02 | 4.80 | -0.218 |
      | workflow | 1517 | 1359 | -157 |

      Means per workflow over 3 rounds, which add up, unlike medians. The server does not declare its stages, so waiting and streaming hold its work and the network together. Other: opening: TCP, opening: upgrade, writing requests, our own work.

      - http → ws, connection reuse, framing, incremental input + server cache: -157 ms (too few rounds for an interval)
      - ws is ahead of http from step 1 on (too few rounds for an interval); after the first step it is 39.3 ms ahead."
    `);
  });

  it.each([
    [100, ['http', 'http-keepalive', 'http2', 'http-chained', 'ws-full', 'ws', 'ws-warm']],
    [100, ['http', 'ws']],
    [60, ['http', 'http-keepalive', 'ws']],
  ])('fits %i columns with %j', (width, transports) => {
    const section = sectionOf(fullTable(attributed({ transports, edit: declared }), { width }));
    expect(Math.max(...section.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(section).toContain('model: decode');
  });

  it('adds up in every column that it shows', () => {
    const { attribution } = attributed({ edit: declared });
    const shown = attributionGrid({ ...madeUpResult(), attribution });
    // 0.5 µs for each row is lost to the digits shown.
    const value = (text = ''): number => (text === '–' ? 0 : Number.parseFloat(text));
    for (const column of [1, 2, 3, 4]) {
      const rows = shown.slice(1).map((row) => value(row[column]?.text));
      const total = rows.pop() ?? NaN;
      expect(Math.abs(rows.reduce((sum, ms) => sum + ms, 0) - total)).toBeLessThan(rows.length);
    }
  });

  it('has nothing to say of a result without it, nor a difference to show of one arm', () => {
    expect(fullTable(madeUpResult())).not.toContain(attributionTitle);
    expect(reporters.markdown(madeUpResult())).not.toContain(attributionTitle);
    const alone = attributed({ transports: ['ws'] });
    expect(attributionGrid(alone)[0]).toEqual([{ text: 'mean in ms' }, { text: 'ws' }]);
    expect(attributionLines(alone.attribution)).toEqual([]);
  });

  it('says so where WebSocket is never ahead', () => {
    const { attribution } = attributed();
    const [found] = attribution.breakEven;
    Object.assign(found ?? {}, {
      fromStep: null,
      interval: { level: 0.95, lower: 3, upper: null },
    });
    expect(attributionLines(attribution).at(-2)).toMatch(
      /^ws is not ahead of http-keepalive within 4 steps \(95 % interval: step 3 to never\); after the first step it is [\d.]+ ms ahead\.$/,
    );
  });

  it('does not name the ends of an interval that is never', () => {
    const { attribution } = attributed();
    const never = { fromStep: null, interval: { level: 0.95, lower: null, upper: null } };
    Object.assign(attribution.breakEven[0] ?? {}, never);
    expect(attributionLines(attribution).at(-2)).toMatch(
      /^ws is not ahead of http-keepalive within 4 steps \(nor at either end of the 95 % interval\); /,
    );
  });

  it('says so where the server contradicts the clock', () => {
    const edit: MadeUp['edit'] = (rounds) => {
      for (const { workflows } of rounds) {
        for (const { steps } of Object.values(workflows)) {
          for (const step of steps) step.server = { stagesUs: { decode: 900_000 } };
        }
      }
    };
    const text = fullTable(attributed({ edit }), { width: 400 });
    expect(text).toContain('The server declares more time than passed');
    expect(text).not.toContain('model: decode');
  });
});
