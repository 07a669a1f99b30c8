import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accountInEvent,
  accountInHeader,
  parseServerTiming,
  stageNames,
  type TimingMetric,
} from '../../src/protocol/server-timing.ts';

const type = 'responsesapi.websocket_timing';

describe('parseServerTiming', () => {
  it.each<{ why: string; header: string; metrics: TimingMetric[] }>([
    { why: 'nothing', header: '', metrics: [] },
    { why: 'a name alone', header: 'miss', metrics: [{ name: 'miss' }] },
    { why: 'a duration', header: 'db;dur=53', metrics: [{ name: 'db', durationMs: 53 }] },
    {
      why: 'several, and spaces wherever they may stand',
      header: ' db ;\tdur = 53.2 , app; dur=47 ',
      metrics: [
        { name: 'db', durationMs: 53.2 },
        { name: 'app', durationMs: 47 },
      ],
    },
    {
      why: 'separators and escapes in a quoted description',
      header: 'cache;desc="a, b; \\"c\\" \\\\ d";dur=2, next',
      metrics: [{ name: 'cache', durationMs: 2, description: 'a, b; "c" \\ d' }, { name: 'next' }],
    },
    {
      why: 'names of parameters in any case, the first of two',
      header: 'a;DUR=1;dur=2;Desc=x;desc=y',
      metrics: [{ name: 'a', durationMs: 1, description: 'x' }],
    },
    { why: 'a quoted duration', header: 'a;dur="1.5"', metrics: [{ name: 'a', durationMs: 1.5 }] },
    { why: 'what is no duration', header: 'a;dur=abc', metrics: [{ name: 'a', durationMs: NaN }] },
    {
      why: 'unknown parameters',
      header: 'a;x=1;y;=2;dur=3',
      metrics: [{ name: 'a', durationMs: 3 }],
    },
    { why: 'empty and nameless entries', header: ',,;dur=1,="x",b', metrics: [{ name: 'b' }] },
    {
      why: 'a quoted string without an end',
      header: 'a;desc="never, b;dur=1',
      metrics: [{ name: 'a', description: 'never, b;dur=1' }],
    },
  ])('reads $why', ({ header, metrics }) => {
    expect(parseServerTiming(header)).toEqual(metrics);
  });

  it('gives back what was written, whatever a description holds', () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~\w-]{1,12}$/);
    const metric = fc.record({
      name: token,
      durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      description: fc.string({ unit: 'binary-ascii' }).filter((text) => !/[\r\n]/.test(text)),
    });
    fc.assert(
      fc.property(fc.array(metric), (metrics) => {
        const header = metrics
          .map(({ name, durationMs, description }) => {
            const quoted = description.replace(/["\\]/g, '\\$&');
            return `${name};dur=${durationMs};desc="${quoted}"`;
          })
          .join(', ');
        expect(parseServerTiming(header)).toEqual(metrics);
      }),
    );
  });

  it('takes any text without complaint, and finds no stage of more than an hour or less than nothing', () => {
    const piece = fc.oneof(
      fc.constantFrom(...stageNames, ';dur=', ';desc="', '"', ',', '\\', '-1', '1e9', 'NaN', '7'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const us of Object.values(accountInHeader(pieces.join(''))?.stagesUs ?? {})) {
          expect(Number.isSafeInteger(us) && us >= 0).toBe(true);
        }
      }),
    );
  });
});

describe('the account of a server', () => {
  it('is the same by header and by event', () => {
    const account = { stagesUs: { admit: 1200, decode: 60_000 }, tokensProcessed: 812 };
    expect(accountInHeader('admit;dur=1.2, decode;dur=60, tokens_processed;desc="812"')).toEqual(
      account,
    );
    expect(
      accountInEvent({ type, stages_ms: { admit: 1.2, decode: 60 }, tokens_processed: 812 }),
    ).toEqual(account);
  });

  it.each([
    ['nothing at all', ''],
    ['only what we do not know', 'cfRequestDuration;dur=9, total;dur=12, __proto__;dur=1'],
    ['no duration', 'admit, route;desc="none"'],
    ['no duration that can be', 'admit;dur=-1, route;dur=1e99, decode;dur=abc'],
    ['no count of tokens', 'tokens_processed;desc="", tokens_processed;desc="7"'],
  ])('is none where a header says %s', (_what, header) => {
    expect(accountInHeader(header)).toBeUndefined();
  });

  it.each([
    ['nothing', {}],
    ['other things', { timing_metrics: { engine_service_total_ms: 4 } }],
    ['stages that are none', { stages_ms: 'fast', tokens_processed: '7' }],
    ['numbers that are none', { stages_ms: { admit: '1', route: null, decode: -2 } }],
    ['half a token', { stages_ms: [1, 2], tokens_processed: 1.5 }],
  ])('is none where an event says %s', (_what, fields) => {
    expect(accountInEvent({ type, ...fields })).toBeUndefined();
  });

  it('adds up a stage that is named twice', () => {
    expect(accountInHeader('prefill;dur=2, prefill;dur=3')).toEqual({
      stagesUs: { prefill: 5000 },
    });
  });
});
