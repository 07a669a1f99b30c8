import { describe, expect, it } from 'vitest';
import { bestKeptHttp, comparedPairs } from '../../src/compare/change/bases.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import { madeUpRounds } from '../result/made-up.ts';

/** Rounds in which each transport takes what is given, in µs; a failed workflow where that is Infinity. */
function roundsOf(times: Readonly<Record<string, readonly number[]>>): RoundRecord[] {
  const names = Object.keys(times);
  const rounds = madeUpRounds(names, times[names[0] ?? '']?.length ?? 0, 1);
  for (const [index, { workflows }] of rounds.entries()) {
    for (const name of names) {
      const e2eUs = times[name]?.[index] ?? 0;
      const state = Number.isFinite(e2eUs) ? 'completed' : 'failed';
      Object.assign(workflows[name] ?? {}, { state, e2eUs: Number.isFinite(e2eUs) ? e2eUs : 1 });
    }
  }
  return rounds;
}

describe('comparedPairs', () => {
  it.each([
    {
      why: 'WebSocket against who dials for every call, and against who keeps a connection',
      transports: ['http', 'http-keepalive', 'ws'],
      pairs: ['http-keepalive/http', 'ws/http', 'ws/http-keepalive'],
    },
    {
      why: 'once, where the base keeps its connection',
      transports: ['http-keepalive', 'ws'],
      pairs: ['ws/http-keepalive'],
    },
    {
      why: 'no HTTP that sends everything against another but the base',
      transports: ['http', 'http-keepalive', 'http2'],
      pairs: ['http-keepalive/http', 'http2/http'],
    },
    {
      why: 'history that the server keeps is not HTTP as everybody speaks it',
      transports: ['http', 'http-pooled', 'http-chained'],
      pairs: ['http-pooled/http', 'http-chained/http', 'http-chained/http-pooled'],
    },
    { why: 'no second base without one', transports: ['ws', 'ws-warm'], pairs: ['ws-warm/ws'] },
    {
      why: 'WebSocket as the base is not compared with itself',
      transports: ['ws', 'http-keepalive', 'http'],
      pairs: ['http-keepalive/ws', 'http/ws'],
    },
    { why: 'nothing of one', transports: ['http'], pairs: [] },
  ])('compares $why', ({ transports, pairs }) => {
    const compared = comparedPairs(transports, madeUpRounds(transports, 2, 1));
    expect(compared.map(([base, candidate]) => `${candidate}/${base}`)).toEqual(pairs);
  });
});

describe('bestKeptHttp', () => {
  it.each([
    {
      why: 'the lowest median',
      times: { 'http-keepalive': [9, 9, 1], http2: [5, 5, 8] },
      best: 'http2',
    },
    {
      why: 'no winner by failing where it would have been slow',
      times: { 'http-keepalive': [9, 9, 9], http2: [5, Infinity, Infinity] },
      best: 'http-keepalive',
    },
    {
      why: 'the earlier of two that are alike',
      times: { http2: [5, 5, 5], 'http-keepalive': [5, 5, 5] },
      best: 'http2',
    },
    { why: 'none that dials for every call', times: { http: [1], ws: [1] }, best: undefined },
  ])('is $why', ({ times, best }) => {
    expect(bestKeptHttp(Object.keys(times), roundsOf(times))).toBe(best);
  });
});
