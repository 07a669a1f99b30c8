import { expect, it } from 'vitest';
import { builtinNames } from '../../src/scenario/builtin.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import type { Script } from '../../src/scenario/script.ts';
import { eventSchema } from './event-schema.ts';
import { connect, type Frame, startTestMock } from './mock-server.ts';

/** Plays a whole script, history in full, and returns all events of every response. */
async function play(
  script: Script,
  create: (body: object) => Promise<Frame[]>,
): Promise<Frame[][]> {
  const input: object[] = [];
  const responses: Frame[][] = [];
  let calls: { call_id: string }[] = [];
  for (const turn of script.turns) {
    for (const [index, { output }] of turn.toolResults.entries()) {
      input.push({ type: 'function_call_output', call_id: calls[index]?.call_id, output });
    }
    if (turn.user !== undefined) input.push({ role: 'user', content: turn.user });
    const include = ['reasoning.encrypted_content'];
    const events = await create({ model: script.name, input, tools: script.tools, include });
    responses.push(events);
    const { output } = events.at(-1)?.['response'] as { output: (object & { type: string })[] };
    input.push(...output);
    calls = output.filter(({ type }) => type === 'function_call') as unknown as typeof calls;
  }
  return responses;
}

function checkResponse(events: readonly Frame[]): void {
  for (const event of events) {
    const { error } = eventSchema.safeParse(event);
    if (error) expect.fail(`${JSON.stringify(event).slice(0, 300)}: ${error.message}`);
  }
  expect(events.map((event) => event['sequence_number'])).toEqual([...events.keys()]);
  expect(events.at(-1)?.type).toBe('response.completed');
}

it.each(builtinNames)('every event of %s is as the API describes it', async (name) => {
  const script = expandScenario(await loadScenario(name), 1);
  const { url } = await startTestMock({ scripts: [script] });
  const client = await connect(url);
  const overWebSocket = await play(script, (body) => client.create({ ...body, stream_id: 'a' }));
  const overHttp = await play(script, async (body) => {
    const response = await fetch(`${url}/responses`, {
      method: 'POST',
      body: JSON.stringify({ ...body, store: false, stream: true }),
    });
    const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'));
    return lines.map((line) => JSON.parse(line.slice('data: '.length)) as Frame);
  });
  for (const events of [...overWebSocket, ...overHttp]) checkResponse(events);
  expect(overHttp.map(({ length }) => length)).toEqual(overWebSocket.map(({ length }) => length));
  expect(overHttp).toHaveLength(script.turns.length);
});

it('so is every event of a response that fails or is cut off', async () => {
  const fault = {
    rules: [{ fault: { kind: 'fail' as const }, name: 'fail', probability: 1, event: 4, call: 2 }],
    seed: 1,
  };
  const { url } = await startTestMock({ fault });
  const seen: string[] = [];
  for (const max_output_tokens of [4, 1000]) {
    const response = await fetch(`${url}/responses`, {
      method: 'POST',
      body: JSON.stringify({ model: 'greeter', input: 'hi', stream: true, max_output_tokens }),
    });
    for (const line of (await response.text()).split('\n')) {
      if (line.startsWith('data: {')) seen.push(eventSchema.parse(JSON.parse(line.slice(6))).type);
    }
  }
  expect(seen).toEqual(expect.arrayContaining(['response.incomplete', 'response.failed']));
});
