import { describe, expect, it } from 'vitest';
import { type Context, emptyContext, extendContext } from '../../src/mock/memory/context.ts';
import { isRefusal } from '../../src/mock/wire/refusal.ts';
import type { WireItem } from '../../src/protocol/items.ts';

const user: WireItem = { role: 'user', content: 'hi' };
const reasoning: WireItem = { type: 'reasoning', id: 'rs', summary: [] };
const said: WireItem = { type: 'message', role: 'assistant', content: [] };
const call = (call_id: string): WireItem => {
  return { type: 'function_call', call_id, name: 'f', arguments: '{}' };
};
const output = (call_id: string): WireItem => {
  return { type: 'function_call_output', call_id, output: 'ok' };
};

function extend(items: WireItem[], context = emptyContext): Context {
  const extended = extendContext(context, items);
  if (isRefusal(extended)) throw new Error(extended.error.message);
  return extended;
}

describe('model turns are maximal runs of items that the model made', () => {
  it.each<[number, string, WireItem[]]>([
    [0, 'nothing said yet', [user]],
    [
      1,
      'thought, text and parallel calls belong to one turn',
      [user, reasoning, said, call('a'), call('b')],
    ],
    [2, 'a tool output ends a turn', [user, call('a'), output('a'), said]],
    [1, 'an item of unknown type is the client’s', [user, said, { type: 'acme:note' }]],
  ])('%i: %s', (turns, _, items) => {
    expect(extend(items).modelTurns).toBe(turns);
  });

  it('a run goes on over the border between two requests', () => {
    const first = extend([user, reasoning]);
    expect(extend([said], first).modelTurns).toBe(1);
  });
});

it('a conversation in parts adds up to the conversation at once', () => {
  const items = [user, reasoning, call('a'), output('a'), said, user];
  const whole = extend(items);
  for (let cut = 0; cut <= items.length; cut++) {
    expect(extend(items.slice(cut), extend(items.slice(0, cut)))).toEqual(whole);
  }
});

it('counts what the model reads, whether or not the client replays ids and states', () => {
  const bare: WireItem = { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' };
  const full: WireItem = { ...bare, id: 'fc_a', status: 'completed' };
  expect(extend([full]).bytes).toBe(extend([bare]).bytes);
  expect(extend([bare]).bytes).toBe('look{}'.length);
  expect(extend([{ role: 'user', content: [{ type: 'input_text', text: 'wörld' }] }]).bytes).toBe(
    6,
  );
});

describe('calls and their outputs', () => {
  it('knows which calls are open', () => {
    const context = extend([call('a'), call('b'), output('a')]);
    expect([...context.openCallIds]).toEqual(['b']);
    expect(context.toolOutputs).toBe(1);
  });

  it.each<[string, WireItem, string, string]>([
    [
      'no such call',
      output('x'),
      'No tool call found for function call output with call_id x.',
      'input',
    ],
    [
      'an output that names no call',
      { type: 'function_call_output', output: '' },
      "Missing required parameter: 'input[0].call_id'.",
      'input[0].call_id',
    ],
  ])('refuses %s', (_, item, message, param) => {
    expect(extendContext(emptyContext, [item])).toMatchObject({
      status: 400,
      error: { type: 'invalid_request_error', message, param },
    });
  });

  it('does not touch the context that it extends', () => {
    const before = extend([user, call('a')]);
    extend([output('a')], before);
    expect([...before.openCallIds]).toEqual(['a']);
  });
});
