import { expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { connect, type Frame, startTestMock } from './mock-server.ts';

const input = [{ type: 'message', role: 'user', content: 'stop' }];
/** Slow enough to be spoken to in the middle of an answer. */
const slow = {
  ...profiles.instant,
  decode: { tokensPerSecond: 50, source: 'assumed: for this test' },
};

it.each([
  [
    'steered',
    (id: string) => ({ type: 'response.steer', previous_response_id: id, input }),
    (id: string, code: string) => ({
      type: 'response.steer.failed',
      error: { type: 'invalid_request_error', code },
      steer: { previous_response_id: id, input },
    }),
    'steering_not_supported',
  ],
  [
    'injected into',
    (id: string) => ({ type: 'response.inject', response_id: id, input }),
    (id: string, code: string) => ({
      type: 'response.inject.failed',
      error: { code },
      response_id: id,
      input,
    }),
    'response_already_completed',
  ],
])('a response that is %s goes on, and the client is told', async (_what, event, failed, code) => {
  const { url } = await startTestMock({ profile: slow });
  const client = await connect(url);
  client.send({ type: 'response.create', model: 'greeter', input: 'hi', stream_id: 'a' });
  const id = (((await client.next())['response'] ?? {}) as { id: string }).id;
  client.send(event(id));
  const frames: Frame[] = [];
  while (frames.at(-1)?.type !== 'response.completed') frames.push(await client.next());
  expect(frames).toContainEqual(expect.objectContaining({ ...failedOf(frames), stream_id: 'a' }));
  expect(failedOf(frames)).toMatchObject(failed(id, code));

  client.send(event(id));
  expect(await client.next()).toMatchObject(failed(id, 'response_already_completed'));
  client.send(event('resp_unknown'));
  expect(await client.next()).toMatchObject(failed('resp_unknown', 'response_not_found'));
  expect((await client.create({ input: 'hi' })).at(-1)).toMatchObject({
    type: 'response.completed',
  });
});

it('an interrupt is refused at once, and the response goes on', async () => {
  const { url } = await startTestMock({ profile: slow });
  const client = await connect(url);
  client.send({ type: 'response.create', model: 'greeter', input: 'hi' });
  const id = (((await client.next())['response'] ?? {}) as { id: string }).id;
  client.send({ type: 'response.interrupt', response_id: id, mode: 'discard_partial_items' });
  const types: string[] = [];
  while (types.at(-1) !== 'response.completed') types.push((await client.next()).type);
  expect(types.filter((type) => type === 'error')).toHaveLength(1);
});

it('a configuration update among the input changes nothing', async () => {
  const { url } = await startTestMock();
  const client = await connect(url);
  const update = { type: 'configuration_update', reasoning: { effort: 'low' } };
  const frames = await client.create({ input: [...input, update] });
  expect(frames.at(-1)).toMatchObject({ type: 'response.completed' });
});

function failedOf(frames: readonly Frame[]): Frame | undefined {
  return frames.find(({ type }) => type.endsWith('.failed'));
}
