import { describe, expect, it } from 'vitest';
import { scriptOf, startTestMock } from './mock-server.ts';
import { clientOf, type Json, type Made, ways } from './three-ways.ts';

const inputTokens = ({ response }: Made): number => {
  return (response['usage'] as { input_tokens: number }).input_tokens;
};
const image = (fields: Json) => ({ type: 'input_image', ...fields });
const message = (...content: object[]) => ({ type: 'message', role: 'user', content });
const text = { type: 'input_text', text: 'look' };
const dataUrl = (bytes: number) => `data:image/png;base64,${'A'.repeat(bytes)}`;

/** Plays the script of `talk`: commentary and a call, then an answer. */
const talk = scriptOf([
  {
    toolResults: [],
    user: 'go',
    model: { reasoning: 'Hm.', text: 'Let me look.', calls: [{ name: 'look', arguments: '{}' }] },
  },
  { toolResults: [{ output: 'ok', timeMs: 0 }], model: { text: 'There.', calls: [] } },
]);

describe.each(ways)('over %s', (way) => {
  it.each<[string, unknown]>([
    ['a string', 'Greet the world.'],
    ['an item', [message({ type: 'input_text', text: 'Greet the world.' })]],
    ['a role and a string only', [{ role: 'user', content: 'Greet the world.' }]],
    ['a developer', [{ role: 'developer', content: 'Greet the world.' }]],
    ['a system message', [{ role: 'system', content: 'Greet the world.' }]],
  ])('the input may be %s', async (_, input) => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    const made = await create({ input });
    expect(made.response.output).toMatchObject([{ type: 'reasoning' }, { name: 'look' }]);
    expect(inputTokens(made)).toBe(Math.ceil('[]Greet the world.'.length / 4));
  });

  it('a message says whether calls follow, and may be handed back with that', async () => {
    const { url } = await startTestMock({ scripts: [talk] });
    const create = await clientOf(way, url);
    const first = await create({ input: 'go' });
    const { output } = first.response;
    expect(output).toMatchObject([
      { type: 'reasoning' },
      { type: 'message', phase: 'commentary' },
      { type: 'function_call' },
    ]);
    const answer = { type: 'function_call_output', call_id: output[2]?.['call_id'], output: 'ok' };
    const history = [{ role: 'user', content: 'go' }, ...output, answer];
    const next = await create({ input: history, store: false });
    expect(next.response.output).toMatchObject([{ phase: 'final_answer' }]);
    for (const { type, item } of next.events as { type: string; item?: Json }[]) {
      if (type.startsWith('response.output_item')) expect(item?.['phase']).toBe('final_answer');
    }
  });

  it.each([
    ['encrypted, if asked for', ['reasoning.encrypted_content'], true],
    ['open else', [], false],
  ])('reasoning is %s, and may be handed back', async (_, include, encrypted) => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    const { output } = (await create({ input: 'hi', include })).response;
    expect('encrypted_content' in (output[0] ?? {})).toBe(encrypted);
    const answer = { type: 'function_call_output', call_id: output[1]?.['call_id'], output: 'ok' };
    const input = [{ role: 'user', content: 'hi' }, ...output, answer];
    const next = await create({ input, include, store: false });
    expect(next.response.output).toMatchObject([{ name: 'look' }, { name: 'wave' }]);
  });

  it.each<[string, Json, number]>([
    ['small', { image_url: dataUrl(1000) }, 255],
    ['of middle size', { image_url: dataUrl(200_000), detail: 'high' }, 765],
    ['large', { image_url: dataUrl(600_000), detail: 'auto' }, 1445],
    ['large, with little detail', { image_url: dataUrl(600_000), detail: 'low' }, 85],
    ['linked', { image_url: 'https://example.com/a.png' }, 765],
  ])('an image that is %s', async (_, fields, tokens) => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    const without = await create({ input: [message(text)] });
    const made = await create({ input: [message(text, image(fields))] });
    expect(inputTokens(made) - inputTokens(without)).toBe(tokens);
    const path = `${url}/responses/${made.response.id}/input_items`;
    expect(await (await fetch(path)).text()).not.toContain('data:image');
  });

  it('a tool may answer with an image', async () => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    const { id, output } = (await create({ input: 'hi' })).response;
    const answer = {
      type: 'function_call_output',
      call_id: output[1]?.['call_id'],
      output: [text, image({ image_url: dataUrl(9) })],
    };
    expect((await create({ input: [answer], previous_response_id: id })).status).toBe(200);
  });

  it.each<[string, Json, string]>([
    ['a file', { input: [message({ type: 'input_file', file_id: 'f' })] }, 'input[0].content[0]'],
    ['sound', { input: [message(text, { type: 'input_audio' })] }, 'input[0].content[1]'],
    ['an image by file id', { input: [message(image({ file_id: 'f' }))] }, 'input[0].content[0]'],
    [
      'an image that is none',
      { input: [message(image({ image_url: 'x' }))] },
      'input[0].content[0]',
    ],
    [
      'an image of the wrong type',
      { input: [message(image({ image_url: 7 }))] },
      'input[0].content[0]',
    ],
    [
      'a part that is no object',
      { input: [{ role: 'user', content: [7] }] },
      'input[0].content[0]',
    ],
    [
      'a file from a tool',
      { input: [{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_file' }] }] },
      'input[0].output[0]',
    ],
    ['a prompt template', { input: 'hi', prompt: { id: 'pmpt_1' } }, 'prompt'],
  ])('%s is refused, and nothing else suffers', async (_, body, param) => {
    const { url } = await startTestMock();
    const create = await clientOf(way, url);
    const { status, error } = await create(body);
    expect(status).toBe(400);
    expect(error).toMatchObject({
      type: 'invalid_request_error',
      code: 'unsupported_value',
      param,
    });
    expect((await create({ input: 'hi' })).status).toBe(200);
  });
});
