import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDecodeSlots } from '../../src/mock/latency/decode-slots.ts';
import { createLatencyEngine, type Work } from '../../src/mock/latency/engine.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import type { Profile } from '../../src/mock/profile/schema.ts';
import { stageNames } from '../../src/mock/profile/stages.ts';
import { connect, startTestMock } from './mock-server.ts';

const source = 'assumed: test';
const decode = { tokensPerSecond: 100, source };
const profileOf = (parts: Partial<Profile>): Profile => {
  return { name: 'test', description: '', decode, ...parts };
};
const workOf = (volumes: Work['volumes'], outputTokens = 3): Work => {
  return { volumes, outputItems: 2, outputTokens };
};
const volume = { items: 3, tokens: 500 };
const frozen = () => 0;

describe('engine', () => {
  it('adds up the terms of every stage, in their order', () => {
    const term = { fixedMs: 1, perItemMs: 10, perThousandTokensMs: 100, source };
    const engine = createLatencyEngine(profileOf({ tokenise: term, prefill: term, post: term }));
    const timing = engine.time(workOf({ tokenise: volume, prefill: { items: 0, tokens: 10 } }));
    expect(timing.beginMs).toBe(1 + 30 + 50);
    expect([0, 1, 2].map(timing.tokenMs)).toEqual([83, 93, 103]);
    expect(timing.terminalMs).toBe(103);
    expect(timing.endMs).toBeCloseTo(103 + 1 + 20 + 0.3);
    expect(timing.stageMs).toMatchObject({ tokenise: 81, queue: 0, prefill: 2, decode: 20 });
  });

  it.each([
    { why: 'a prompt that is short enough', tokens: 32_768, before: 0, ms: 1600 },
    { why: 'a long one, which takes more than pro rata', tokens: 122_880, before: 0, ms: 7500 },
    {
      why: 'its end alone, which still looks at all before it',
      tokens: 880,
      before: 122_000,
      ms: 68,
    },
  ])('reads along a curve: $why', ({ tokens, before, ms }) => {
    const { queue: _, ...flagship } = profiles.flagship;
    const engine = createLatencyEngine(flagship);
    const { stageMs } = engine.time(workOf({ prefill: { items: 1, tokens, before } }));
    expect((stageMs.prefill ?? 0) / ms).toBeCloseTo(1, 1.9);
  });

  it('charges a stage without work nothing, not even its fixed cost', () => {
    const engine = createLatencyEngine(profileOf({ hydrate: { fixedMs: 7, source } }));
    expect(engine.time(workOf({})).beginMs).toBe(0);
    expect(engine.time(workOf({ hydrate: volume })).beginMs).toBe(7);
  });

  it('knows that the profile instant is free, and that no other one is', () => {
    const work = workOf({ admit: volume, tokenise: volume, prefill: volume });
    const free = Object.values(profiles).filter((profile) => {
      return createLatencyEngine(profile).time(work).endMs === 0;
    });
    expect(free).toEqual([profiles.instant]);
  });

  it('jitter stays inside of its bound, never turns back, and comes from the seed', () => {
    const profile = profileOf({
      admit: { fixedMs: 2, jitterMs: 3, source },
      decode: { tokensPerSecond: 1000, jitterMs: 0.5, source },
    });
    const runOf = (seed: number): number[] => {
      const engine = createLatencyEngine(profile, seed, frozen);
      return Array.from({ length: 50 }, () => {
        const timing = engine.time(workOf({ admit: volume }, 10));
        expect(timing.beginMs).toBeGreaterThanOrEqual(2);
        expect(timing.beginMs).toBeLessThanOrEqual(5);
        for (let token = 1; token < 10; token++) {
          const gapMs = timing.tokenMs(token) - timing.tokenMs(token - 1);
          expect(gapMs).toBeGreaterThanOrEqual(0.999);
          expect(gapMs).toBeLessThanOrEqual(1.501);
        }
        return timing.terminalMs;
      });
    };
    expect(runOf(1)).toEqual(runOf(1));
    expect(runOf(1)).not.toEqual(runOf(2));
    expect(new Set(runOf(1)).size).toBeGreaterThan(40);
  });

  it('lets requests wait for a decode slot, and says so as the stage `queue`', () => {
    const queue = { decodeSlots: 1, source };
    const engine = createLatencyEngine(profileOf({ queue }), 1, frozen);
    const starts = [1, 2, 3].map(() => engine.time(workOf({})).stageMs.queue);
    expect(starts).toEqual([0, 20, 40]);
  });
});

describe('decode slots', () => {
  it.each<[string, number | null, [readyMs: number, busyMs: number][], number[]]>([
    [
      'one after another',
      1,
      [
        [0, 10],
        [0, 10],
        [5, 10],
      ],
      [0, 10, 20],
    ],
    [
      'two at a time',
      2,
      [
        [0, 10],
        [0, 30],
        [0, 10],
        [0, 10],
      ],
      [0, 0, 10, 20],
    ],
    [
      'no wait where one is free',
      1,
      [
        [0, 10],
        [50, 10],
      ],
      [0, 50],
    ],
    [
      'no limit',
      null,
      [
        [0, 10],
        [0, 10],
        [0, 10],
      ],
      [0, 0, 0],
    ],
  ])('%s', (_, count, requests, expected) => {
    const slots = createDecodeSlots(count);
    expect(requests.map(([readyMs, busyMs]) => slots.take(readyMs, busyMs))).toEqual(expected);
  });

  it('never has more at work than there are slots, and starts nobody early', () => {
    const request = fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(request), (count, requests) => {
        const slots = createDecodeSlots(count);
        const work = requests.map(([readyMs, busyMs]) => {
          const startMs = slots.take(readyMs, busyMs);
          expect(startMs).toBeGreaterThanOrEqual(readyMs);
          return { startMs, endMs: startMs + busyMs };
        });
        for (const { startMs } of work) {
          const busy = work.filter((other) => other.startMs <= startMs && startMs < other.endMs);
          expect(busy.length).toBeLessThanOrEqual(count);
        }
      }),
    );
  });
});

const create = { model: 'm', input: 'hi', store: false };
const talk = { script: { kind: 'tool-loop', calls: 0 } } as const;

async function post(url: string, body: object): Promise<Response> {
  return fetch(`${url}/responses`, { method: 'POST', body: JSON.stringify(body) });
}

describe('on the wire', () => {
  const profile = profileOf({
    admit: { fixedMs: 3, source },
    prefill: { perThousandTokensMs: 1000, source },
    post: { fixedMs: 200, source },
    decode: { tokensPerSecond: null, source },
  });

  it('HTTP names every stage in its Server-Timing header', async () => {
    const { url } = await startTestMock({ profile, ...talk });
    for (const stream of [false, true]) {
      const response = await post(url, { ...create, stream });
      await response.text();
      const header = response.headers.get('server-timing') ?? '';
      const entries = header.split(', ').map((entry) => entry.split(/;dur=|;desc=/));
      expect(entries.pop()).toEqual(['tokens_processed', '"1"']);
      expect(entries.map(([stage]) => stage)).toEqual(stageNames);
      expect(Object.fromEntries(entries)).toMatchObject({ admit: '3', prefill: '1', post: '200' });
    }
  });

  it('instant names no stage: nothing takes time', async () => {
    const { url } = await startTestMock(talk);
    const header = (await post(url, create)).headers.get('server-timing');
    expect(header).toBe('tokens_processed;desc="1"');
  });

  it('an SSE body ends after the post work, its terminal event comes before', async () => {
    const { url } = await startTestMock({ profile, ...talk });
    const startMs = performance.now();
    const { body } = await post(url, { ...create, stream: true });
    let text = '';
    let textAtTerminal: string | undefined;
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('event: response.completed')) textAtTerminal ??= text;
    }
    expect(textAtTerminal).not.toContain('[DONE]');
    expect(text).toContain('[DONE]');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(3 + 1 + 200);
  });

  it('over WebSocket the next request is served while the post work goes on', async () => {
    const slow = { ...profile, post: { fixedMs: 600_000, source } };
    const { url } = await startTestMock({ profile: slow, ...talk });
    const client = await connect(url);
    for (let turn = 0; turn < 3; turn++) {
      expect((await client.create(create)).at(-1)?.type).toBe('response.completed');
    }
  });

  it('WebSocket tells its timing before the terminal event, to those who asked for it', async () => {
    const { url } = await startTestMock({ profile, ...talk });
    const asked = await connect(url, { 'x-responsesapi-include-timing-metrics': 'true' });
    const frames = await asked.create(create);
    expect(frames.at(-1)?.type).toBe('response.completed');
    expect(frames.at(-2)).toMatchObject({
      type: 'responsesapi.websocket_timing',
      response_id: (frames.at(-1)?.['response'] as { id: string }).id,
      timing_metrics: {
        responses_duration_excl_engine_and_client_tool_time_ms: 3,
        engine_service_ttft_total_ms: 1,
      },
      stages_ms: { admit: 3, prefill: 1, post: 200 },
    });
    const others = await (await connect(url)).create(create);
    expect(others.some(({ type }) => type.startsWith('responsesapi'))).toBe(false);
  });

  it('cached_tokens are the same for a chain on a connection and for the whole history over HTTP', async () => {
    const share = profileOf({ promptCache: { share: 1, source } });
    const { url } = await startTestMock({ profile: share, ...talk });
    const client = await connect(url);
    const first = (await client.create(create)).at(-1)?.['response'] as Answer;
    const next = { role: 'user', content: 'more' };
    const chained = (
      await client.create({ ...create, input: [next], previous_response_id: first.id })
    ).at(-1)?.['response'] as Answer;
    const history = [{ role: 'user', content: 'hi' }, ...first.output, next];
    const replayed = (await (await post(url, { ...create, input: history })).json()) as Answer;
    expect(first.usage.input_tokens_details.cached_tokens).toBe(0);
    expect(chained.usage).toEqual(replayed.usage);
    expect(replayed.usage.input_tokens_details.cached_tokens).toBeGreaterThan(0);
  });
});

interface Answer {
  id: string;
  output: unknown[];
  usage: { input_tokens_details: { cached_tokens: number } };
}
