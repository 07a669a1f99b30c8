import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryHintOf } from '../../src/transport/retry-hint.ts';

/** Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110, section 5.6.7. */
const NOW_MS = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('a hint to wait', () => {
  it.each<[why: string, headers: Record<string, string | string[]>, afterMs: number | undefined]>([
    ['none', {}, undefined],
    ['milliseconds', { 'retry-after-ms': '250' }, 250],
    ['fractions of them', { 'retry-after-ms': '12.5' }, 12.5],
    ['seconds', { 'retry-after': '2' }, 2000],
    ['fractions of them, which some services send', { 'retry-after': '0.5' }, 500],
    ['no time at all', { 'retry-after': '0' }, 0],
    ['the finer of two', { 'retry-after': '1', 'retry-after-ms': '700' }, 700],
    ['the one that can be read', { 'retry-after': '1', 'retry-after-ms': 'soon' }, 1000],
    ['a date', { 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT' }, 3000],
    ['a date in the form of RFC 850', { 'retry-after': 'Sunday, 06-Nov-94 08:49:40 GMT' }, 3000],
    ['a date that has passed', { 'retry-after': 'Sun, 06 Nov 1994 08:00:00 GMT' }, 0],
    ['a name in capitals, as an error frame may have it', { 'Retry-After': '3' }, 3000],
    ['space round it', { 'retry-after': ' 3 ' }, 3000],
    ['words that a date parser would take', { 'retry-after': 'in about 5' }, undefined],
    ['less than nothing', { 'retry-after': '-1' }, undefined],
    ['what is no number', { 'retry-after-ms': 'Infinity' }, undefined],
    ['hexadecimal', { 'retry-after': '0x10' }, undefined],
    ['two at once', { 'retry-after': ['1', '2'] }, undefined],
  ])('%s', (_why, headers, afterMs) => {
    expect(retryHintOf(headers, NOW_MS).retryAfterMs).toBe(afterMs);
  });

  it('is a time from now or nothing, whatever comes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (after, afterMs, should) => {
        const headers = {
          'retry-after': after,
          'retry-after-ms': afterMs,
          'x-should-retry': should,
        };
        const hint = retryHintOf(headers, NOW_MS);
        expect(hint.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
        expect(hint.retryAfterMs ?? 0).toBeLessThan(Infinity);
        expect([true, false, undefined]).toContain(hint.retryable);
      }),
    );
  });

  it('reads back every date that HTTP may write', () => {
    const aheadMs = fc.integer({ min: 0, max: 10 ** 9 });
    fc.assert(
      fc.property(aheadMs, (seconds) => {
        const date = new Date(NOW_MS + seconds * 1000).toUTCString();
        expect(retryHintOf({ 'retry-after': date }, NOW_MS).retryAfterMs).toBe(seconds * 1000);
      }),
    );
  });
});

describe('whether to try again', () => {
  it.each([
    ['true', true],
    ['false', false],
    ['False', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('x-should-retry: %s', (said, retryable) => {
    expect(retryHintOf({ 'x-should-retry': said }, NOW_MS).retryable).toBe(retryable);
  });
});
