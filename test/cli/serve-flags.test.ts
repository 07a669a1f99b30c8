import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { connect, responseIdOf } from '../mock/mock-server.ts';
import { callCli, tempFolder } from '../support/cli.ts';
import { serveForTest } from '../support/serve.ts';

const tools = [{ type: 'function', name: 'look', parameters: { type: 'object' } }];
const asked = { 'x-responsesapi-include-timing-metrics': 'true' };

/** Two responses on one connection, the second continuing the first; nothing is stored. */
async function chainOn(url: string, pauseMs = 0) {
  const client = await connect(url, asked);
  const one = await client.create({ model: 'tool-loop-0', input: 'x'.repeat(400), tools });
  await sleep(pauseMs);
  const previous_response_id = responseIdOf(one);
  const two = await client.create({
    model: 'tool-loop-0',
    input: 'hi',
    tools,
    previous_response_id,
  });
  const timing = two.find(({ type }) => type === 'responsesapi.websocket_timing');
  return { last: two.at(-1), processed: timing?.['tokens_processed'] };
}

describe('the cache that serve gives a connection', () => {
  it('holds its responses unless told otherwise', async () => {
    const { url } = await serveForTest();
    const { last, processed } = await chainOn(url);
    expect(last?.type).toBe('response.completed');
    expect(processed).toBe(1);
  });

  it.each([
    ['--cache-entries', '0', 0],
    ['--cache-bytes', '100B', 0],
    ['--cache-total-bytes', '0.1KB', 0],
    ['--cache-idle', '1ms', 20],
  ])('%s %s: nothing is held', async (flag, value, pauseMs) => {
    const { url } = await serveForTest([flag, value]);
    const { last } = await chainOn(url, pauseMs);
    expect(last).toMatchObject({ error: { code: 'previous_response_not_found' } });
  });

  it.each(['tokens', 'conversation,tokens', 'all'])(
    '--cache-off %s: all is rendered anew',
    async (kinds) => {
      const { url } = await serveForTest(['--cache-off', kinds]);
      const { last, processed } = await chainOn(url);
      const { usage } = last?.['response'] as { usage: { input_tokens: number } };
      expect(processed).toBe(usage.input_tokens);
    },
  );
});

it('--calls and --parallel: how the loop goes', async () => {
  const { url } = await serveForTest(['--script', 'tool-loop', '--calls', '3', '--parallel', '2']);
  const client = await connect(url);
  const made = await client.create({ model: 'any', input: 'go', tools });
  expect(made.at(-1)?.['response']).toMatchObject({ output: [{ name: 'look' }, { name: 'look' }] });
});

it('--max-age: an old connection is closed', async () => {
  const { url } = await serveForTest(['--max-age', '20ms']);
  const client = await connect(url);
  expect(await client.next()).toMatchObject({
    error: { code: 'websocket_connection_limit_reached' },
  });
});

it('--seed: the jitter is the same for the same seed', async () => {
  const cwd = await tempFolder();
  const source = 'assumed: test';
  const profile = {
    name: 'jittery',
    description: '',
    admit: { jitterMs: 1, source },
    decode: { tokensPerSecond: null, source },
  };
  await writeFile(path.join(cwd, 'jittery.json'), JSON.stringify(profile));
  const timings = async (seed: string): Promise<(string | null)[]> => {
    const args = ['--profile', 'jittery.json', '--seed', seed];
    const { url } = await serveForTest(args, { cwd });
    const seen: (string | null)[] = [];
    for (let request = 0; request < 3; request++) {
      const body = JSON.stringify({ model: 'tool-loop-0', input: 'hi' });
      const response = await fetch(`${url}/responses`, { method: 'POST', body });
      await response.text();
      seen.push(response.headers.get('server-timing'));
    }
    return seen;
  };
  const [one, again, other] = [await timings('1'), await timings('1'), await timings('2')];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
  expect(new Set(one).size).toBe(3);
});

describe.concurrent('serve refuses', () => {
  it.each<[string, string[], RegExp]>([
    ['a kind that there is not', ['--cache-off', 'tokens,dreams'], /--cache-off.*prefix.*"dreams"/],
    ['all beside another kind', ['--cache-off', 'all,tokens'], /--cache-off.*"all"/],
    ['no kind', ['--cache-off', ''], /--cache-off.*""/],
    ['a size without a unit', ['--cache-bytes', '100'], /--cache-bytes.*10MiB/],
    ['a size in words', ['--cache-total-bytes', 'much'], /--cache-total-bytes.*10MiB/],
    ['a negative count', ['--cache-entries', '-1'], /--cache-entries.*whole number/],
    ['a time without a unit', ['--cache-idle', '5'], /--cache-idle.*40ms/],
    ['no call at a time', ['--script', 'tool-loop', '--parallel', '0'], /--parallel.*from 1/],
    ['calls at a time without the loop', ['--parallel', '2'], /--parallel.*tool-loop/],
  ])('%s', async (_, args, says) => {
    const { code, stdout, stderr } = await callCli(['serve', '--port', '0', ...args]);
    expect(stderr).toMatch(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
