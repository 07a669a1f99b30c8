import { describe, expect, it } from 'vitest';
import { startTestMock } from './mock-server.ts';
import { clientOf, type Json, type Made, ways } from './three-ways.ts';

type Item = Made['response']['output'][number];

const answerOf = (item: Item): Json => {
  const { type, call_id } = item;
  if (type === 'local_shell_call') {
    return { type: 'local_shell_call_output', id: call_id, output: '{"output":"ok"}' };
  }
  return { type: `${type}_output`, call_id, output: 'ok' };
};

const look = { type: 'function', name: 'look', parameters: { type: 'object' }, strict: true };

/** What the client offers, and the calls that it must then get. */
const kinds: [name: string, fields: Json, type: string, holds: Json][] = [
  ['a function', { tools: [look] }, 'function_call', { name: 'look' }],
  [
    'a function of a namespace',
    { tools: [{ type: 'namespace', name: 'sky', description: '', tools: [look] }] },
    'function_call',
    { name: 'look', namespace: 'sky' },
  ],
  [
    'a custom tool with a grammar',
    { tools: [{ type: 'custom', name: 'exec', format: { type: 'grammar', syntax: 'lark' } }] },
    'custom_tool_call',
    { name: 'exec' },
  ],
  [
    'a local shell',
    { tools: [{ type: 'local_shell' }] },
    'local_shell_call',
    { action: { command: ['echo', 'hi-1'] } },
  ],
  [
    'a shell',
    { tools: [{ type: 'shell' }] },
    'shell_call',
    { action: { commands: ['echo hi-1'] } },
  ],
  [
    'a patch tool',
    { tools: [{ type: 'apply_patch' }] },
    'apply_patch_call',
    { operation: { path: 'hi-1.txt' } },
  ],
];

describe.each(ways)('over %s', (way) => {
  it.each(kinds)(
    '%s is called, answered, and its loop ends in text',
    async (_, fields, type, holds) => {
      const { url } = await startTestMock();
      const create = await clientOf(way, url);
      let made = await create({ model: 'tool-loop-3x2', input: 'go', ...fields });
      const first = made.response.output;
      expect(first).toMatchObject([{ type, ...holds }, { type }]);
      const calls: number[] = [];
      while (made.response.output.some((item) => item.type === type)) {
        const { id, output } = made.response;
        calls.push(output.length);
        const input = output.map(answerOf);
        made = await create({ model: 'tool-loop-3x2', input, previous_response_id: id, ...fields });
      }
      expect(calls).toEqual([2, 1]);
      expect(made.response.output).toMatchObject([
        {
          type: 'message',
          phase: 'final_answer',
          content: [{ text: 'Done after 3 tool outputs.' }],
        },
      ]);
    },
  );

  it.each(kinds)('%s: the history may be sent in full too', async (_, fields, type) => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    const input: object[] = [{ role: 'user', content: 'go' }];
    const types: string[] = [];
    for (let step = 0; step < 3; step++) {
      const made = await create({ model: 'tool-loop-2', store: false, input, ...fields });
      const { output } = made.response;
      types.push(...output.map((item) => item.type));
      input.push(...output, ...output.filter((item) => item.type === type).map(answerOf));
    }
    expect(types).toEqual([type, type, 'message']);
  });

  it('tools may come in an item of the input', async () => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    const made = await create({
      model: 'tool-loop',
      input: [
        { type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'exec' }] },
        { role: 'user', content: 'go' },
      ],
    });
    expect(made.response.output).toMatchObject([{ type: 'custom_tool_call', name: 'exec' }]);
  });

  it('parallel_tool_calls: false means one at a time', async () => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    const made = await create({
      model: 'tool-loop-3x2',
      input: 'go',
      tools: [look],
      parallel_tool_calls: false,
    });
    expect(made.response.output).toHaveLength(1);
  });

  it('an answer to a call that nobody made is refused', async () => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    for (const type of ['local_shell_call', 'shell_call', 'apply_patch_call']) {
      const answer = answerOf({ type, call_id: 'call_9' });
      const { status, error } = await create({ model: 'tool-loop', input: [answer] });
      expect({ status, param: error?.['param'] }).toEqual({ status: 400, param: 'input' });
    }
  });
});

it.each([
  ['tool-loop', {}, 3, 1],
  ['tool-loop-0', {}, 0, 0],
  ['tool-loop-10', {}, 10, 1],
  ['tool-loop-10x4', {}, 10, 4],
  ['tool-loop', { script: { kind: 'tool-loop', calls: 5, parallel: 2 } as const }, 5, 2],
  ['gpt-any', { script: { kind: 'tool-loop', calls: 5, parallel: 2 } as const }, 5, 2],
  ['tool-loop-1', { script: { kind: 'tool-loop', calls: 5, parallel: 2 } as const }, 1, 1],
])('the model %s says how many calls there are', async (model, options, calls, atOnce) => {
  const { url } = await startTestMock(options);
  const create = await clientOf('json', url);
  const made = await create({ model, input: 'go', tools: [look] });
  const count = made.response.output.filter(({ type }) => type === 'function_call').length;
  expect(count).toBe(Math.min(calls, atOnce));
  const answered = Array.from({ length: calls }, (_, index) => [
    { type: 'function_call', call_id: `c${index}`, name: 'look', arguments: '{}' },
    { type: 'function_call_output', call_id: `c${index}`, output: 'ok' },
  ]).flat();
  const last = await create({ model, input: answered, tools: [look] });
  expect(last.response.output).toMatchObject([{ type: 'message' }]);
});

it.each(['tool-loop-', 'tool-loop-x2', 'tool-loop-3x0', 'tool-loop-3x100', 'tool-loop-1e3'])(
  'there is no model %s',
  async (model) => {
    const { url } = await startTestMock();
    const create = await clientOf('json', url);
    expect((await create({ model, input: 'go' })).error?.['code']).toBe('model_not_found');
  },
);

it('a call that cannot be cut is left out where the tokens end', async () => {
  const { url } = await startTestMock();
  const create = await clientOf('json', url);
  const tools = [{ type: 'local_shell' }];
  const made = await create({ model: 'tool-loop', input: 'go', tools, max_output_tokens: 1 });
  expect(made.response).toMatchObject({ status: 'incomplete', output: [] });
});
