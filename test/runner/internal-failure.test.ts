import { describe, expect, it } from 'vitest';
import { roundSchema } from '../../src/result/record.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { runSmall, type SmallRun } from './run-small.ts';

/** Breaks something of ours in the middle of a session. */
const breaks: { why: string; run: () => SmallRun; completed: number }[] = [
  {
    why: 'while an answer comes in',
    run: () => ({ around: (transport) => breakingAt(transport, 2) }),
    completed: 1,
  },
  {
    why: 'between a step and the next',
    run: () => ({
      onStep: () => {
        throw new TypeError('of our own');
      },
    }),
    completed: 0,
  },
  {
    why: 'while the session closes',
    run: () => ({
      around: (transport) => ({
        ...delegate(transport),
        async close() {
          await transport.close();
          throw new TypeError('of our own');
        },
      }),
    }),
    completed: 3,
  },
  {
    why: 'while its record is made',
    run: () => ({
      stalledUs: failOnce(() => {
        throw new TypeError('of our own');
      }),
    }),
    completed: 0,
  },
];

describe.each(['http', 'http-keepalive', 'ws'] as const)('an exception of ours over %s', (name) => {
  it.each(breaks)('$why is the failure of that session', async ({ run, completed }) => {
    const mock = await mockForTest();
    const { record, failure } = await runSmall(name, endpointOf(mock), run());
    expect(record.state).toBe('failed');
    expect(failure).toMatchObject({ kind: 'internal', message: 'of our own' });
    expect(record.steps.map(({ state }) => state)).toEqual([
      ...Array.from({ length: completed }, () => 'completed'),
      'failed',
    ]);
    expect(record.steps.at(-1)?.failure).toEqual({ kind: 'internal', message: 'of our own' });
    const total = Object.values(record.phases).reduce((sum, part) => sum + part, 0);
    expect(total).toBe(record.e2eUs);
    const round = { index: 0, order: [name], workflows: { [name]: record } };
    expect(roundSchema.parse(round)).toEqual(round);
  });
});

function breakingAt(transport: Transport, call: number): Transport {
  let calls = 0;
  return {
    ...delegate(transport),
    async *exchange(...args) {
      calls++;
      for await (const [first, ...others] of transport.exchange(...args)) {
        if (first !== undefined) yield [first];
        if (calls === call) throw new TypeError('of our own');
        yield others;
      }
    },
  };
}

function delegate(transport: Transport): Transport {
  return {
    connections: transport.connections,
    holdsSession: () => transport.holdsSession(),
    sessionEnd: () => transport.sessionEnd(),
    compact: (...args) => transport.compact(...args),
    close: () => transport.close(),
    exchange: (...args) => transport.exchange(...args),
  };
}

function failOnce(fail: () => never): () => number {
  let asked = false;
  return () => {
    if (asked) return 0;
    asked = true;
    return fail();
  };
}
