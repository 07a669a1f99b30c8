import { describe, expect, it } from 'vitest';
import { createConversations } from '../../src/record/exchange/conversations.ts';
import { type Exchange, requestFacts } from '../../src/record/exchange/exchange.ts';
import { itemsOf } from '../../src/record/exchange/items.ts';
import { createSocketReader } from '../../src/record/exchange/socket.ts';
import type { RecordedSession } from '../../src/record/session/session.ts';

const user = (text: string) => ({ role: 'user', content: text });
const answer = (text: string) => ({ type: 'message', role: 'assistant', content: text });

/** A request, the id of its response, and what that says. */
function exchange(
  request: object,
  id: string,
  output: object[] = [answer(id)],
  startMs = 0,
): Exchange {
  return {
    request: requestFacts({ model: 'x', ...request }, false),
    answer: { id, output: itemsOf(output, false) },
    startMs,
    endMs: startMs + 10,
  };
}

function sessionsOf(exchanges: readonly Exchange[]): RecordedSession[] {
  const conversations = createConversations('it', 'test');
  for (const each of exchanges) conversations.add(each);
  return conversations.sessions();
}

/** Steps of each conversation. */
const lengths = (exchanges: readonly Exchange[]) =>
  sessionsOf(exchanges).map(({ steps }) => steps.length);

describe('whose request is it?', () => {
  it.each<[reason: string, exchanges: Exchange[], steps: number[]]>([
    [
      'a chain, whatever connection it comes over',
      [
        exchange({ input: [user('a')] }, 'r1'),
        exchange({ input: [user('b')], previous_response_id: 'r1' }, 'r2'),
        exchange({ input: [user('c')], previous_response_id: 'r2' }, 'r3'),
      ],
      [3],
    ],
    [
      'a repeated history, reasoning left out, ids and status changed',
      [
        exchange({ input: [user('a')] }, 'r1', [
          { type: 'reasoning', id: 'x', summary: [] },
          { ...answer('r1'), id: 'm1', status: 'completed' },
        ]),
        exchange({ input: [user('a'), answer('r1'), user('b')] }, 'r2'),
      ],
      [2],
    ],
    [
      'two chains that take turns',
      [
        exchange({ input: [user('a')] }, 'r1'),
        exchange({ input: [user('z')] }, 's1'),
        exchange({ input: [user('b')], previous_response_id: 'r1' }, 'r2'),
        exchange({ input: [user('y')], previous_response_id: 's1' }, 's2'),
      ],
      [2, 2],
    ],
    [
      'a fork by id, and one by history',
      [
        exchange({ input: [user('a')] }, 'r1'),
        exchange({ input: [user('b')], previous_response_id: 'r1' }, 'r2'),
        exchange({ input: [user('c')], previous_response_id: 'r1' }, 'f1'),
        exchange({ input: [user('a'), answer('r1'), user('d')] }, 'f2'),
      ],
      [2, 1, 1],
    ],
    [
      'a history that was rewritten, as by a compaction',
      [
        exchange({ input: [user('a')] }, 'r1'),
        exchange({ input: [user('short'), user('b')] }, 'r2'),
      ],
      [1, 1],
    ],
    [
      'a warm-up is no step, and what it brought belongs to the first',
      [
        exchange({ input: [user('aaaa')], generate: false }, 'w', []),
        exchange({ input: [user('b')], previous_response_id: 'w' }, 'r1'),
      ],
      [1],
    ],
  ])('%s', (_reason, exchanges, steps) => {
    expect(lengths(exchanges)).toEqual(steps);
  });

  it('what the warm-up brought is counted once', () => {
    const [session] = sessionsOf([
      exchange({ input: [user('aaaa')], generate: false }, 'w', []),
      exchange({ input: [user('b')], previous_response_id: 'w' }, 'r1'),
    ]);
    expect(session?.steps[0]?.user?.bytes).toBe(5);
  });

  it('a fork says so; an unknown parent too, and its context is not taken for nothing', () => {
    const [, fork, orphan] = sessionsOf([
      exchange({ input: [user('a')] }, 'r1'),
      exchange({ input: [user('b')], previous_response_id: 'r1' }, 'r2'),
      exchange({ input: [user('c')], previous_response_id: 'r1' }, 'f1'),
      exchange({ input: [user('c')], previous_response_id: 'nobody' }, 'o1'),
    ]);
    expect(fork?.notes).toEqual([expect.stringMatching(/^a fork/)]);
    expect(orphan?.notes).toEqual([expect.stringMatching(/not recorded/)]);
    expect(orphan?.instructions).toBeUndefined();
  });

  it('the gap before results is tool time, the one before words a pause', () => {
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
    const result = { type: 'function_call_output', call_id: 'c', output: 'done' };
    const [session] = sessionsOf([
      exchange({ input: [user('a')] }, 'r1', [call], 0),
      exchange({ input: [result], previous_response_id: 'r1' }, 'r2', [answer('x')], 60),
      exchange({ input: [user('b')], previous_response_id: 'r2' }, 'r3', [answer('y')], 1070),
    ]);
    expect(session?.steps.map(({ calls, pauseMs }) => [calls[0]?.timeMs, pauseMs])).toEqual([
      [50, undefined],
      [undefined, undefined],
      [undefined, 1000],
    ]);
  });
});

describe('a WebSocket', () => {
  it('answers come lane by lane; failures, strangers and late ones belong to nobody', () => {
    const ended: (string | undefined)[] = [];
    const reader = createSocketReader(false, (each) => ended.push(each?.answer.id));
    const done = (id: string, lane?: string) => ({
      type: 'response.completed',
      response: { id, output: [answer(id)] },
      ...(lane !== undefined && { stream_id: lane }),
    });
    reader.received(done('early'), 0);
    reader.sent({ type: 'response.create', stream_id: 'a', input: 'x' }, 1);
    reader.sent({ type: 'response.create', stream_id: 'b', input: 'y' }, 2);
    reader.sent({ type: 'response.inject', stream_id: 'a' }, 2);
    reader.received({ type: 'something.new', stream_id: 'a' }, 3);
    reader.received(done('b1', 'b'), 4);
    reader.received({ type: 'error', stream_id: 'a', error: { code: 'x' } }, 5);
    reader.received(done('late', 'a'), 6);
    expect(ended).toEqual(['b1', undefined]);
  });
});
