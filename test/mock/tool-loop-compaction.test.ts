import { expect, it } from 'vitest';
import { startTestMock } from './mock-server.ts';

type Item = Record<string, unknown>;

const tools = [{ type: 'function', name: 'look', parameters: { type: 'object' } }];

/**
 * Runs the loop as a client that compacts its history after every second call.
 * @param compact what it has in place of all that came before
 */
async function callIdsOf(compact: (url: string, input: Item[]) => Promise<Item[]>) {
  const { url } = await startTestMock({ script: { kind: 'tool-loop', calls: 6 } });
  const callIds: unknown[] = [];
  let input: Item[] = [{ role: 'user', content: 'go' }];
  while (callIds.length < 20) {
    const { output } = await post(`${url}/responses`, { input, tools });
    const call = output.find(({ type }) => type === 'function_call');
    if (call === undefined) break;
    callIds.push(call['call_id']);
    input.push(call, { type: 'function_call_output', call_id: call['call_id'], output: 'ok' });
    if (callIds.length % 2 === 0) input = await compact(url, input);
  }
  return callIds;
}

async function post(url: string, body: object): Promise<{ output: Item[] }> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ model: 'any', ...body }),
  });
  return (await response.json()) as { output: Item[] };
}

it.each<[string, Parameters<typeof callIdsOf>[0]]>([
  ['by the API', async (url, input) => (await post(`${url}/responses/compact`, { input })).output],
  [
    'by a summary that it asks for, and hands on as its own words',
    async (url, input) => {
      const { output } = await post(`${url}/responses`, {
        input: [...input, { role: 'user', content: 'Sum up.' }],
      });
      const [{ text }] = output[0]?.['content'] as [{ text: string }];
      return [{ role: 'user', content: [{ type: 'input_text', text: `So far: ${text}` }] }];
    },
  ],
])(
  'the loop ends for a client that compacts its history %s, and no call id repeats',
  async (_, compact) => {
    const callIds = await callIdsOf(compact);
    expect(callIds).toHaveLength(6);
    expect(new Set(callIds).size).toBe(6);
  },
);
