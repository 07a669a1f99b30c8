import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, plainText } from '../../src/protocol/foreign.ts';
import {
  isOfAnswer,
  parseStreamEvent,
  responseIdOf,
  terminalOf,
} from '../../src/protocol/reading.ts';
import { accountInEvent, accountInHeader } from '../../src/protocol/server-timing.ts';

/** Whatever may stand where a number should. */
const oddities = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(1.5, -5, 1e300, 2 ** 53 + 2, -1, 1e9, 1e9 + 1, NaN, null, undefined),
  fc.string(),
  fc.jsonValue(),
  fc.constant({ toString: 1 }),
);

describe('figures of an endpoint', () => {
  it('are counts up to a milliard, or not said: usage', () => {
    fc.assert(
      fc.property(oddities, oddities, oddities, oddities, (input, output, cached, reasoning) => {
        const usage = {
          input_tokens: input,
          output_tokens: output,
          input_tokens_details: { cached_tokens: cached },
          output_tokens_details: { reasoning_tokens: reasoning },
        };
        const end = terminalOf({ type: 'response.completed', response: { id: 'r', usage } });
        const read = end?.state === 'completed' ? end.usage : undefined;
        for (const tokens of Object.values<number | null>({ ...read })) {
          expect(tokens === null || isCount(tokens)).toBe(true);
        }
      }),
    );
  });

  it('are an HTTP status, or not said: status', () => {
    fc.assert(
      fc.property(oddities, (status) => {
        const end = terminalOf({ type: 'error', status, error: { message: 'm' } });
        const read = end?.state === 'failed' ? end.status : NaN;
        expect(read === undefined || (Number.isInteger(read) && read >= 100 && read < 1000)).toBe(
          true,
        );
      }),
    );
  });

  it('are microseconds within an hour, or not said: timing', () => {
    fc.assert(
      fc.property(oddities, oddities, (decode, tokens) => {
        const accounts = [
          accountInEvent({ type: 'x', stages_ms: { decode }, tokens_processed: tokens }),
          accountInHeader(`decode;dur=${JSON.stringify(decode)}, tokens_processed;desc="7e9"`),
        ];
        for (const account of accounts) {
          const { stagesUs = {}, tokensProcessed = 0 } = account ?? {};
          expect(isCount(tokensProcessed)).toBe(true);
          for (const us of Object.values(stagesUs)) {
            expect(Number.isSafeInteger(us) && us >= 0 && us <= 3_600_000_000).toBe(true);
          }
        }
      }),
    );
  });
});

it.each([
  ['server_error', 'server_error'],
  ['acme:out-of.luck', 'acme:out-of.luck'],
  [429, '429'],
  ['', undefined],
  ['two words', undefined],
  ['=HYPERLINK("http://e")', undefined],
  ['\u202eevil', undefined],
  ['c'.repeat(65), undefined],
  [{ toString: 1 }, undefined],
  [null, undefined],
])('a code %j is %j', (given, code) => {
  expect(codeOf(given)).toBe(code);
});

it('a text holds nothing that steers a terminal, hides or is half a character', () => {
  expect(plainText('a\u001b[31mb\u202ec\u200bd\ud800e')).toBe('a [31mb c d e');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plainText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
  );
});

it('an event that is nested beyond reason is refused before anyone writes it out again', () => {
  const nested = (depth: number): string =>
    `{"type":"response.output_item.done","item":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect(() => JSON.stringify(parseStreamEvent(nested(900)))).not.toThrow();
  expect(() => parseStreamEvent(nested(100_000))).toThrow(SyntaxError);
});

it.each([
  ['response.created', true],
  ['response.output_item.added', true],
  ['error', true],
  ['response.ping', false],
  ['response.metadata', false],
  ['keepalive', false],
  ['codex.rate_limits', false],
  ['codex.response.metadata', false],
  ['responsesapi.websocket_timing', false],
])('%s is of the answer: %j', (type, expected) => {
  expect(isOfAnswer({ type })).toBe(expected);
});

it.each([
  [{ response: { id: 'a' } }, 'a'],
  [{ response_id: 'b' }, 'b'],
  [{ response: { id: 7 } }, undefined],
  [{}, undefined],
])('%j names the response %j', (fields, id) => {
  expect(responseIdOf({ type: 'x', ...fields })).toBe(id);
});

it.each([
  ['completed', 'incomplete', 'incomplete'],
  ['completed', 'failed', 'failed'],
  ['completed', 'cancelled', 'failed'],
  ['completed', 'completed', 'completed'],
  ['completed', undefined, 'completed'],
  ['done', 'failed', 'failed'],
  ['cancelled', undefined, 'failed'],
  ['failed', 'completed', 'failed'],
])('response.%s with status %j ends as %s', (name, status, state) => {
  expect(terminalOf({ type: `response.${name}`, response: { id: 'r', status } })?.state).toBe(
    state,
  );
});

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= 1e9;
}
