import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextBytes, emptyContext } from '../../src/mock/memory/context.ts';
import {
  type CacheLimits,
  createSessionCaches,
  type SessionCache,
} from '../../src/mock/memory/session-cache.ts';
import {
  createStoredResponses,
  type StoredResponse,
  storedBytes,
} from '../../src/mock/memory/stored-responses.ts';

const contextOf = (items: number) => ({ ...emptyContext, items });
const BYTES = contextBytes(emptyContext);

it('a lane holds its latest response only', () => {
  const cache = createSessionCaches().open();
  cache.remember('a', contextOf(1));
  cache.remember('x', contextOf(9), 'side');
  cache.remember('b', contextOf(2));
  expect(['a', 'b', 'x'].map((id) => cache.find(id)?.items)).toEqual([undefined, 2, 9]);
});

it('evicting forgets that response of that lane and no other', () => {
  const cache = createSessionCaches().open();
  cache.remember('b', contextOf(2));
  cache.evict('a');
  cache.evict('b', 'side');
  expect(cache.find('b')?.items).toBe(2);
  cache.evict('b');
  expect(cache.find('b')).toBeUndefined();
});

it('what one connection holds, no other finds', () => {
  const caches = createSessionCaches();
  caches.open().remember('a', emptyContext);
  expect(caches.open().find('a')).toBeUndefined();
  expect(caches.stats()).toMatchObject({ connections: 2, entries: 1, hits: 0, misses: 1 });
});

it('counts the model’s state for each token where a profile has it', () => {
  const caches = createSessionCaches({ maxBytes: 1_000_000 }, undefined, 1000);
  const cache = caches.open();
  cache.remember('a', { ...emptyContext, bytes: 400 }, undefined, 600);
  expect(caches.sessionBytes()).toEqual([600 + 100 * (4 + 1000)]);
  cache.remember('b', { ...emptyContext, bytes: 4000 }, undefined, 6000);
  expect(cache.find('b')).toBeUndefined();
});

it('a context of 100 KB takes less than 11 KB', () => {
  const callIds = new Set(Array.from({ length: 60 }, (_, turn) => `call_coding-agent_${turn}_0`));
  expect(contextBytes({ ...emptyContext, bytes: 100_000, callIds })).toBeLessThan(11_000);
});

it('the store drops what was used longest ago when it is full', () => {
  const response = (id: string): StoredResponse => {
    const output = [{ type: 'message', id: `msg_${id}` }];
    return { id, json: '{}', input: [], output, previousId: undefined, context: emptyContext };
  };
  const store = createStoredResponses(2 * storedBytes(response('a')));
  store.save(response('a'));
  store.save(response('b'));
  store.find('a');
  store.save(response('c'));
  expect(['a', 'b', 'c'].map((id) => store.find(id) !== undefined)).toEqual([true, false, true]);
  expect(['a', 'b', 'c'].map((id) => store.findItem(`msg_${id}`)?.type)).toEqual([
    'message',
    undefined,
    'message',
  ]);
  expect(store.bytes()).toBe(2 * storedBytes(response('a')));
});

it('says what each connection holds, those with nothing included', () => {
  const caches = createSessionCaches();
  const [full, closed] = [caches.open(), caches.open()];
  caches.open();
  full.remember('a', emptyContext, undefined, BYTES);
  full.remember('b', emptyContext, 'side', BYTES);
  closed.remember('c', emptyContext, undefined, BYTES);
  closed.close();
  expect(caches.sessionBytes()).toEqual([2 * BYTES, 0]);
});

type Step =
  | { kind: 'create'; session: number; lane: string | undefined; from: number; ids: number }
  | { kind: 'find'; session: number; id: number }
  | { kind: 'fail'; session: number; lane: string | undefined; id: number }
  | { kind: 'drop' | 'reconnect'; session: number }
  | { kind: 'wait'; ms: number };

const session = fc.nat(2);
const lane = fc.constantFrom(undefined, 'a', 'b', 'c');
const id = fc.nat(12);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      session,
      lane,
      from: id,
      ids: fc.nat(5),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('find' as const), session, id }) },
  fc.record({ kind: fc.constant('fail' as const), session, lane, id }),
  fc.record({ kind: fc.constantFrom('drop' as const, 'reconnect' as const), session }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(60) }),
);
const someLimits: fc.Arbitrary<CacheLimits> = fc.record({
  maxEntries: fc.integer({ min: 1, max: 4 }),
  maxBytes: fc.integer({ min: BYTES, max: 5 * BYTES }),
  maxTotalBytes: fc.integer({ min: BYTES, max: 9 * BYTES }),
  idleMs: fc.integer({ min: 20, max: 200 }),
  maxAgeMs: fc.integer({ min: 100, max: 600 }),
});

interface Held {
  id: string;
  session: number;
  lane: string | undefined;
  bytes: number;
  usedAtMs: number;
}

/** The same rules on one plain list, in the order of use: slow, and easy to believe. */
function referenceModel(limits: CacheLimits, nowMs: () => number) {
  let held: Held[] = [];
  const openedAtMs = new Map<number, number>();
  const sum = (of: Held[]): number => of.reduce((total, { bytes }) => total + bytes, 0);
  const of = (number: number): Held[] => held.filter((each) => each.session === number);
  const isYoung = (number: number): boolean =>
    nowMs() - (openedAtMs.get(number) ?? -Infinity) < limits.maxAgeMs;
  const without = (gone: Held | undefined): void => {
    held = held.filter((each) => each !== gone);
  };

  function expire(): void {
    held = held.filter((each) => isYoung(each.session) && nowMs() - each.usedAtMs < limits.idleMs);
  }
  return {
    open(number: number): void {
      held = held.filter((each) => each.session !== number);
      openedAtMs.set(number, nowMs());
    },
    find(number: number, wanted: string): boolean {
      expire();
      const found = of(number).find((each) => each.id === wanted);
      if (found === undefined) return false;
      without(found);
      held.push({ ...found, usedAtMs: nowMs() });
      return true;
    },
    remember(number: number, newId: string, inLane: string | undefined, bytes: number): void {
      expire();
      without(of(number).find((each) => each.lane === inLane));
      if (!isYoung(number)) return;
      held.push({ id: newId, session: number, lane: inLane, bytes, usedAtMs: nowMs() });
      while (of(number).length > limits.maxEntries || sum(of(number)) > limits.maxBytes) {
        without(of(number)[0]);
      }
      while (sum(held) > limits.maxTotalBytes) held.shift();
    },
    evict(number: number, gone: string, inLane: string | undefined): void {
      without(of(number).find((each) => each.id === gone && each.lane === inLane));
    },
    clear(number: number): void {
      held = held.filter((each) => each.session !== number);
    },
    stats() {
      expire();
      return { entries: held.length, bytes: sum(held) };
    },
  };
}

describe('any sequence of creates, forks, failures, lane switches, drops, reconnects and pauses', () => {
  it('leaves what a plain reference model holds, inside of every limit', () => {
    fc.assert(
      fc.property(someLimits, fc.array(step, { maxLength: 60 }), (limits, steps) => {
        let now = 0;
        const nowMs = () => now;
        const caches = createSessionCaches(limits, nowMs);
        const model = referenceModel(limits, nowMs);
        const open: SessionCache[] = [];
        for (const number of [0, 1, 2]) {
          open.push(caches.open());
          model.open(number);
        }
        let made = 0;
        const ago = (creates: number): string => `r${made - 1 - creates}`;
        let hits = 0;
        let misses = 0;
        const find = (number: number, wanted: string): void => {
          const expected = model.find(number, wanted);
          expect(open[number]?.find(wanted) !== undefined).toBe(expected);
          if (expected) hits++;
          else misses++;
        };
        for (const each of steps) {
          const cache = 'session' in each ? open[each.session] : undefined;
          switch (each.kind) {
            case 'create': {
              find(each.session, ago(each.from));
              const callIds = new Set(
                Array.from({ length: each.ids }, (_, call) => `call_${call}`),
              );
              const context = { ...emptyContext, callIds };
              const newId = `r${made++}`;
              const bytes = contextBytes(context);
              cache?.remember(newId, context, each.lane, bytes);
              model.remember(each.session, newId, each.lane, bytes);
              break;
            }
            case 'find':
              find(each.session, ago(each.id));
              break;
            case 'fail':
              cache?.evict(ago(each.id), each.lane);
              model.evict(each.session, ago(each.id), each.lane);
              break;
            case 'drop':
              cache?.clear();
              model.clear(each.session);
              break;
            case 'reconnect':
              cache?.close();
              open[each.session] = caches.open();
              model.open(each.session);
              break;
            case 'wait':
              now += each.ms;
              break;
          }
          const stats = caches.stats();
          expect(stats).toMatchObject({ ...model.stats(), hits, misses, connections: 3 });
          expect(stats.bytes).toBeLessThanOrEqual(limits.maxTotalBytes);
          expect(caches.sessionBytes().reduce((sum, bytes) => sum + bytes, 0)).toBe(stats.bytes);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('what a server would hold', () => {
  const long = { ...emptyContext, bytes: 40_000 };

  it('is the JSON of the conversation and 4 bytes for each token of it', () => {
    const caches = createSessionCaches();
    const cache = caches.open();
    cache.remember('a', long, undefined, 50_000);
    expect(caches.stats().bytes).toBe(90_000);
    expect(cache.conversationBytes('a')).toBe(50_000);
    expect(cache.conversationBytes('b')).toBe(0);
    // What this server takes of memory is another thing, and far less.
    expect(caches.stats().memoryBytes).toBe(contextBytes(long));
  });

  it.each([
    { maxBytes: 89_999, found: false, why: 'one byte too much' },
    { maxBytes: 90_000, found: true, why: 'just as much' },
  ])('under a limit of $maxBytes: $why', ({ maxBytes, found }) => {
    const cache = createSessionCaches({ maxBytes }).open();
    cache.remember('a', long, undefined, 50_000);
    expect(cache.find('a') !== undefined).toBe(found);
  });
});
