import { describe, expect, it } from 'vitest';
import {
  connect,
  type Frame,
  greeter,
  responseIdOf,
  scriptOf,
  startTestMock,
} from './mock-server.ts';

const firstInput = [{ role: 'user', content: 'Greet the world.' }];

/** Types in their order, deltas of a kind counted as one. */
function sequenceOf(frames: readonly Frame[]): string[] {
  const types = frames.map(({ type }) => type.replace(/^response\./, ''));
  return types.filter((type, index) => !type.endsWith('.delta') || type !== types[index - 1]);
}

describe('the events of a response', () => {
  it('thoughts, then a call', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    expect(sequenceOf(await client.create({ input: firstInput }))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ]);
  });

  it('calls side by side, then text, which the deltas spell', async () => {
    const { url } = await startTestMock({
      scripts: [
        scriptOf([
          {
            toolResults: [],
            model: {
              text: 'Hello, wörld!',
              calls: [
                { name: 'look', arguments: '{"at":"map"}' },
                { name: 'wave', arguments: '{}' },
              ],
            },
          },
        ]),
      ],
    });
    const client = await connect(url);
    const frames = await client.create({ input: 'hi' });
    expect(sequenceOf(frames)).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      ...Array.from({ length: 2 }, () => [
        'output_item.added',
        'function_call_arguments.delta',
        'function_call_arguments.done',
        'output_item.done',
      ]).flat(),
      'completed',
    ]);
    expect(frames.map((frame) => frame['sequence_number'])).toEqual(
      frames.map((_, index) => index),
    );
    const spelt = (type: string, output_index: number) =>
      frames
        .filter((frame) => frame.type === type && frame['output_index'] === output_index)
        .map((frame) => frame['delta'])
        .join('');
    expect(spelt('response.output_text.delta', 0)).toBe('Hello, wörld!');
    expect(spelt('response.function_call_arguments.delta', 1)).toBe('{"at":"map"}');
    expect(spelt('response.function_call_arguments.delta', 2)).toBe('{}');
  });

  it('the terminal event repeats the items and declares the tokens', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const frames = await client.create({ input: firstInput });
    const items = frames
      .filter(({ type }) => type === 'response.output_item.done')
      .map((frame) => frame['item']);
    const deltas = frames.filter(({ type }) => type.endsWith('.delta'));
    expect(frames.at(-1)?.['response']).toMatchObject({
      status: 'completed',
      output: items,
      usage: {
        input_tokens: Math.ceil(('Greet the world.'.length + '[]'.length) / 4),
        output_tokens: deltas.length,
        output_tokens_details: { reasoning_tokens: Math.ceil('Look first.'.length / 4) },
      },
    });
    expect(frames[0]?.['response']).toMatchObject({
      status: 'in_progress',
      output: [],
      usage: null,
    });
  });

  it.each([
    ['asked for', ['reasoning.encrypted_content'], true],
    ['not asked for', [], false],
  ])('encrypted reasoning is there only if it is %s', async (_, include, expected) => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const frames = await client.create({ input: firstInput, include });
    const withContent = frames.filter((frame) =>
      JSON.stringify(frame).includes('encrypted_content'),
    );
    expect(withContent.map(({ type }) => type)).toEqual(
      expected ? ['response.output_item.done', 'response.completed'] : [],
    );
  });

  it('a script that is over is answered with a short text', async () => {
    const { url } = await startTestMock({ script: { kind: 'script', script: scriptOf([]) } });
    const client = await connect(url);
    const frames = await client.create({ model: 'anything', input: 'hi' });
    expect(frames.at(-1)?.['response']).toMatchObject({
      output: [{ content: [{ text: 'The script is over.' }] }],
    });
  });

  it('a custom tool that an earlier request of the chain brought', async () => {
    const { url } = await startTestMock({ script: { kind: 'tool-loop', calls: 2 } });
    const client = await connect(url);
    const tools = [{ type: 'custom', name: 'exec' }];
    const first = await client.create({
      input: [
        { type: 'additional_tools', role: 'developer', tools },
        { role: 'user', content: 'hi' },
      ],
    });
    expect(sequenceOf(first)).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
      'output_item.done',
      'completed',
    ]);
    const items = first.flatMap(({ item }) => item ?? []);
    expect(items).toMatchObject([{ status: 'in_progress' }, { status: 'completed' }]);
    const { output } = first.at(-1)?.['response'] as { output: { call_id: string }[] };
    const second = await client.create({
      previous_response_id: responseIdOf(first),
      input: [{ type: 'custom_tool_call_output', call_id: output[0]?.call_id, output: 'hi-1' }],
    });
    const input = 'text(await tools.exec_command({cmd:"echo hi-2"}))';
    expect(second.at(-1)?.['response']).toMatchObject({
      output: [{ type: 'custom_tool_call', name: 'exec', input }],
    });
  });

  it('two sessions get the same events, but for the id of the response', async () => {
    const { url } = await startTestMock();
    const withoutResponse = (frames: Frame[]) => frames.filter((frame) => !('response' in frame));
    const [one, two] = [await connect(url), await connect(url)];
    const first = withoutResponse(await one.create({ input: firstInput }));
    expect(withoutResponse(await two.create({ input: firstInput }))).toEqual(first);
    expect(first.length).toBeGreaterThan(greeter.turns.length);
  });
});
