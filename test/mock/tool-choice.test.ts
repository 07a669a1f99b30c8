import { describe, expect, it } from 'vitest';
import { toolLoopSpeech } from '../../src/mock/model/tool-loop.ts';
import { connect, startTestMock } from './mock-server.ts';

const tools = [
  ...['bash', 'look', 'wave'].map((name) => ({ type: 'function', name })),
  { type: 'shell' },
  { type: 'apply_patch' },
];
const allowed = (mode: string, names: string[]) => ({
  type: 'allowed_tools',
  mode,
  tools: names.map((name) => ({ type: 'function', name })),
});

describe('the tool loop obeys tool_choice', () => {
  it.each<[string, unknown, number, string[]]>([
    ['auto: a call', 'auto', 0, ['bash']],
    ['auto, and the calls are done: text', 'auto', 3, []],
    ['none: text', 'none', 0, []],
    ['required: a call, even when the calls are done', 'required', 3, ['bash']],
    ['one by name: that one', { type: 'function', name: 'wave' }, 0, ['wave']],
    ['one by name that is not offered: text', { type: 'function', name: 'fly' }, 0, []],
    ['a list: one of it', allowed('auto', ['look', 'wave']), 0, ['look']],
    ['a list, and the calls are done: text', allowed('auto', ['look']), 3, []],
    ['a list of which one is demanded', allowed('required', ['wave']), 3, ['wave']],
    ['a tool without a name, by its type', { type: 'apply_patch' }, 3, ['apply_patch']],
    ['one of it in a list', { ...allowed('auto', []), tools: [{ type: 'shell' }] }, 0, ['shell']],
    ['an empty list: text', allowed('auto', []), 0, []],
    ['something odd: as if auto', { type: 'mcp' }, 0, ['bash']],
  ])('%s', (_, choice, toolOutputs, names) => {
    const { calls } = toolLoopSpeech(
      { calls: 3 },
      { offered: tools, toolOutputs, toolChoice: choice },
    );
    expect(calls.map((call) => ('name' in call ? call.name : call.tool))).toEqual(names);
  });
});

describe('max_output_tokens ends a response early', () => {
  it.each([
    ['in the thoughts', 1, ['reasoning']],
    ['in the call', 4, ['reasoning', 'function_call']],
  ])('%s', async (_, max_output_tokens, types) => {
    const { url } = await startTestMock();
    const response = await fetch(`${url}/responses`, {
      method: 'POST',
      body: JSON.stringify({ model: 'greeter', input: 'hi', max_output_tokens }),
    });
    const body = (await response.json()) as { output: { type: string; status?: string }[] };
    expect(body).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      usage: { output_tokens: max_output_tokens },
    });
    expect(body.output.map(({ type }) => type)).toEqual(types);
    if (types.length > 1) expect(body.output.at(-1)?.status).toBe('incomplete');
  });

  it('over WebSocket the last event says so', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    client.send({
      type: 'response.create',
      model: 'greeter',
      input: 'hi',
      max_output_tokens: 1,
    });
    for (;;) {
      const { type } = await client.next();
      expect(type).not.toBe('response.completed');
      if (type === 'response.incomplete') break;
    }
  });

  it('a limit that is not reached changes nothing', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const frames = await client.create({ input: 'hi', max_output_tokens: 1000 });
    expect(frames.at(-1)?.type).toBe('response.completed');
  });
});
