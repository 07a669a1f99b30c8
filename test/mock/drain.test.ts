import { once } from 'node:events';
import { expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { connect, startTestMock } from './mock-server.ts';

const create = { type: 'response.create', model: 'greeter', input: 'hi' };

it('a drained server ends what is under way, on both transports, and starts nothing new', async () => {
  const mock = await startTestMock({ profile: profiles.fast });
  const [busy, idle] = [await connect(mock.url), await connect(mock.url)];
  const codes = [busy, idle].map(async ({ socket }) => (await once(socket, 'close')) as [number]);
  busy.send(create);
  await busy.next();
  const response = await fetch(`${mock.url}/responses`, {
    method: 'POST',
    body: JSON.stringify({ ...create, stream: true }),
  });
  const drained = mock.drain(10_000);
  busy.send(create);
  const types: string[] = [];
  while (types.at(-1) !== 'response.completed') types.push((await busy.next()).type);
  expect(await response.text()).toContain('[DONE]');
  await drained;
  expect((await Promise.all(codes)).map(([code]) => code)).toEqual([1001, 1001]);
  await expect(fetch(new URL('/healthz', mock.url))).rejects.toThrow();
});

it('a response that never ends holds a drain up only so long', async () => {
  const faults = { rules: [{ fault: { kind: 'stall' as const }, name: 'stall' }], seed: 1 };
  const rules = faults.rules.map((rule) => ({ ...rule, probability: 1, event: 2 }));
  const mock = await startTestMock({ fault: { ...faults, rules } });
  const client = await connect(mock.url);
  client.send(create);
  await client.next();
  const closed = once(client.socket, 'close');
  await mock.drain(20);
  await closed;
});
