import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deltaKindOf,
  parseStreamEvent,
  type Terminal,
  terminalOf,
} from '../../src/protocol/reading.ts';

const usage = {
  input_tokens: 812,
  input_tokens_details: { cached_tokens: 640, cache_write_tokens: 0 },
  output_tokens: 24,
  output_tokens_details: { reasoning_tokens: 8 },
  total_tokens: 836,
};
const readUsage = { inputTokens: 812, cachedTokens: 640, outputTokens: 24, reasoningTokens: 8 };

describe('parseStreamEvent', () => {
  it('lets unknown types and fields pass through', () => {
    const event = { type: 'codex.rate_limits', sequence_number: 7, nested: { list: [1, null] } };
    expect(parseStreamEvent(JSON.stringify(event))).toEqual(event);
  });

  it.each([
    ['', 'nothing at all'],
    ['ping', 'text'],
    ['[DONE]', 'the end mark of SSE streams'],
    ['[HEARTBEAT]', 'text that begins as a list would'],
    ['null', 'JSON, but no object'],
    ['1767225600', 'a number'],
    ['[{"type":"x"}]', 'a list of events'],
    ['{}', 'an empty object'],
    ['{"delta":"x"}', 'no type'],
    ['{"type":7}', 'a type that is no string'],
    ['{"error":null}', 'no error either'],
  ])('overlooks %j: %s', (text) => {
    expect(parseStreamEvent(text)).toBeUndefined();
  });

  it.each([
    ['{"type":"x"', 'cut short'],
    [' {"type":', 'cut shorter, after a blank'],
  ])('refuses %j: %s', (text) => {
    expect(() => parseStreamEvent(text)).toThrow(SyntaxError);
  });

  it.each<[text: string, name: string | undefined, status: number | undefined, error: object]>([
    ['{"error":{"code":502,"message":"m"}}', undefined, undefined, { code: '502', message: 'm' }],
    ['{"error":"m","status":429}', undefined, 429, { message: 'm' }],
    ['[{"error":{"code":400,"message":"m"}}]', undefined, undefined, { code: '400' }],
    ['{"object":"error","message":"m"}', undefined, undefined, { message: 'm' }],
    ['{"type":"upstream_error","error":{"message":"m"}}', undefined, undefined, { message: 'm' }],
    ['{"code":"slow_down","message":"m"}', 'error', undefined, { code: 'slow_down', message: 'm' }],
    ['{"detail":"m"}', 'error', undefined, { message: 'm' }],
    ['upstream timed out', 'error', undefined, { message: 'upstream timed out' }],
  ])('knows an error that does not say so: %s called %s', (text, name, status, error) => {
    const event = parseStreamEvent(text, name);
    expect(event && terminalOf(event)).toMatchObject({ state: 'failed', status, error });
  });

  it('throws nothing but SyntaxError, and what it returns has a type', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((v) => JSON.stringify(v)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(typeof (parseStreamEvent(text)?.type ?? '')).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});

describe('terminalOf', () => {
  const output = [{ type: 'message', role: 'assistant' }];
  const completed: Terminal = { state: 'completed', responseId: 'r1', output, usage: readUsage };

  it.each<[string, object, Terminal | undefined]>([
    ['a delta: more is to come', { type: 'response.output_text.delta' }, undefined],
    ['an unknown type: more is to come', { type: 'keepalive' }, undefined],
    ['completed', { type: 'response.completed', response: { id: 'r1', output, usage } }, completed],
    [
      'done, as some servers say',
      { type: 'response.done', response: { id: 'r1', output, usage } },
      completed,
    ],
    [
      'completed without usage and output, which some servers leave out',
      { type: 'response.completed', response: { id: 'r1' } },
      { state: 'completed', responseId: 'r1', output: [], usage: undefined },
    ],
    [
      'completed by an older server, whose usage has fewer fields',
      { type: 'response.completed', response: { id: 'r1', usage: { input_tokens: 3 } } },
      {
        state: 'completed',
        responseId: 'r1',
        output: [],
        usage: { inputTokens: 3, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0 },
      },
    ],
    [
      'completed without an id: nothing to continue from',
      { type: 'response.completed', response: {} },
      {
        state: 'failed',
        status: undefined,
        error: { code: 'invalid_event', message: 'response.completed carries no response id' },
      },
    ],
    [
      'incomplete',
      {
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'max_output_tokens' }, usage },
      },
      { state: 'incomplete', reason: 'max_output_tokens', usage: readUsage },
    ],
    [
      'incomplete without a reason',
      { type: 'response.incomplete' },
      { state: 'incomplete', reason: 'unknown', usage: undefined },
    ],
    [
      'failed in mid-stream',
      { type: 'response.failed', response: { error: { code: 'server_error', message: 'm' } } },
      { state: 'failed', status: undefined, error: { code: 'server_error', message: 'm' } },
    ],
    [
      'error frame, nested beside a status',
      { type: 'error', status: 400, error: { type: 't', code: 'c', message: 'm', param: 'p' } },
      { state: 'failed', status: 400, error: { type: 't', code: 'c', message: 'm', param: 'p' } },
    ],
    [
      'error frame, older name of the status',
      { type: 'error', status_code: 429, error: { code: null, message: 'm' } },
      { state: 'failed', status: 429, error: { code: null, message: 'm' } },
    ],
  ])('%s', (_, event, expected) => {
    expect(terminalOf(event as { type: string })).toEqual(expected);
  });

  it('reads the flat error shape', () => {
    const event = { type: 'error', code: 'server_error', message: 'm', param: null };
    expect(terminalOf(event)).toMatchObject({
      state: 'failed',
      error: { code: 'server_error', message: 'm' },
    });
  });

  it('never throws, whatever the event carries', () => {
    const types = fc.constantFrom(
      'response.completed',
      'response.done',
      'response.failed',
      'response.incomplete',
      'error',
    );
    fc.assert(
      fc.property(types, fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (...all) => {
        const [type, fields, response] = all;
        expect(terminalOf({ ...fields, response, error: response, type })).toBeDefined();
      }),
    );
  });
});

describe('deltaKindOf', () => {
  it.each([
    ['response.output_text.delta', 'visible'],
    ['response.function_call_arguments.delta', 'visible'],
    ['response.custom_tool_call_input.delta', 'visible'],
    ['response.refusal.delta', 'visible'],
    ['response.reasoning_summary_text.delta', 'reasoning'],
    ['response.reasoning_text.delta', 'reasoning'],
    ['response.output_text.done', undefined],
    ['response.created', undefined],
    ['acme:unheard.delta', undefined],
  ])('%s is %s', (type, kind) => {
    expect(deltaKindOf(type)).toBe(kind);
  });
});
