import { expect, it } from 'vitest';
import { emptyContext } from '../../src/mock/context.ts';
import { createResponseStore } from '../../src/mock/response-store.ts';
import { createSessionCache } from '../../src/mock/session-cache.ts';

const contextOf = (items: number) => ({ ...emptyContext, items });

it('a connection remembers its latest response only', () => {
  const cache = createSessionCache();
  cache.remember('a', contextOf(1));
  expect(cache.find('a')?.items).toBe(1);
  cache.remember('b', contextOf(2));
  expect(cache.find('a')).toBeUndefined();
  expect(cache.find('b')?.items).toBe(2);
});

it('evicting forgets that response and no other', () => {
  const cache = createSessionCache();
  cache.remember('b', contextOf(2));
  cache.evict('a');
  expect(cache.find('b')?.items).toBe(2);
  cache.evict('b');
  expect(cache.find('b')).toBeUndefined();
});

it('the store drops the oldest response when it is full', () => {
  const store = createResponseStore(2);
  for (const id of ['a', 'b', 'c']) store.save(id, emptyContext);
  expect(['a', 'b', 'c'].map((id) => store.find(id) !== undefined)).toEqual([false, true, true]);
});
