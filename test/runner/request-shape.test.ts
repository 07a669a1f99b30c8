import { describe, expect, it } from 'vitest';
import type { CreateRequest } from '../../src/protocol/request.ts';
import { startConversation } from '../../src/runner/request/conversation.ts';
import { dispensableField, refusedField } from '../../src/runner/request/refused-field.ts';
import {
  defaultShape,
  type OmittableField,
  omittableFields,
  type RequestShape,
} from '../../src/runner/request/shape.ts';
import { smallScript } from '../support/script.ts';

const script = { ...smallScript, instructions: { in: 'request' as const, text: 'be brief' } };
const [firstTurn] = script.turns;
const lastTurn = script.turns.at(-1);
if (firstTurn === undefined || lastTurn === undefined) throw new Error('a script without turns');

function requestOf(
  shape: RequestShape,
  { turn = firstTurn, leftOut = new Set<OmittableField>() } = {},
): CreateRequest {
  const conversation = startConversation(script, 'm', { store: false }, shape, leftOut);
  if (turn !== undefined) conversation.begin(turn);
  return conversation.request('full');
}

describe('the shape of requests', () => {
  it('asks for the scripted call by name, unless told', () => {
    expect(requestOf(defaultShape).tool_choice).toEqual({
      type: 'allowed_tools',
      mode: 'required',
      tools: [{ type: 'function', name: 'read_file' }],
    });
  });

  it.each(['required', 'auto'] as const)('asks with the word %s for a call', (toolChoice) => {
    const shape = { ...defaultShape, toolChoice };
    expect(requestOf(shape).tool_choice).toBe(toolChoice);
    expect(requestOf(shape, { turn: lastTurn }).tool_choice).toBe('none');
  });

  it.each(omittableFields)('leaves %s out, and nothing else', (field) => {
    const { [field]: left, ...rest } = requestOf(defaultShape);
    expect(left).toBeDefined();
    expect(requestOf({ ...defaultShape, omit: [field] })).toEqual(rest);
  });

  it('follows what is found out in the middle of a session, warm-up included', () => {
    const leftOut = new Set<OmittableField>();
    const conversation = startConversation(script, 'm', { store: false }, defaultShape, leftOut);
    expect(conversation.warmUp()).toHaveProperty('include');
    leftOut.add('include');
    expect(conversation.warmUp()).not.toHaveProperty('include');
    expect(conversation.request('full')).not.toHaveProperty('include');
  });
});

describe('the field that a refusal names', () => {
  it.each<[string, number | undefined, string | undefined, string, OmittableField | undefined]>([
    [
      'gpt-4.1, by param',
      400,
      'include',
      'Encrypted content is not supported with this model.',
      'include',
    ],
    ['by an index in it', 400, 'include[0]', 'no', 'include'],
    ['in words', 400, undefined, 'Encrypted content is not supported.', 'include'],
    [
      'vLLM with Harmony',
      501,
      undefined,
      "Only 'auto' or 'none' tool_choice is supported",
      'tool_choice',
    ],
    ['LM Studio', 400, undefined, "Invalid tool_choice type: 'object'.", 'tool_choice'],
    [
      'an unsupported parameter',
      400,
      'parallel_tool_calls',
      'Unsupported parameter',
      'parallel_tool_calls',
    ],
    ['vLLM without a store', 501, undefined, '`store=True` (default) is not supported.', 'store'],
    ['FastAPI', 422, undefined, 'body.parallel_tool_calls: extra fields', 'parallel_tool_calls'],
    ['another field', 400, 'input[0].role', 'Unexpected message role.', undefined],
    ['a word that holds one', 400, undefined, 'the datastore is read-only', undefined],
    ['tools in plain talk', 400, undefined, 'this model can call no tools', undefined],
    ['a failure that is no refusal', 500, 'include', 'include', undefined],
    ['no status', undefined, 'include', 'include', undefined],
  ])('%s', (_, status, param, message, field) => {
    expect(refusedField({ status, param, message })).toBe(field);
  });

  it('is done without if it is include, and was sent', () => {
    const refusal = { status: 400, param: 'include', message: '' };
    const sent = requestOf(defaultShape);
    expect(dispensableField(refusal, sent)).toBe('include');
    expect(dispensableField({ ...refusal, param: 'tools' }, sent)).toBeUndefined();
    const { include: _, ...without } = sent;
    expect(dispensableField(refusal, without)).toBeUndefined();
  });
});
