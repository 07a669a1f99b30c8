import { describe, expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';
import type { Profile } from '../../src/mock/profile/schema.ts';
import { stageNames } from '../../src/mock/profile/stages.ts';
import type { MockOptions } from '../../src/mock/server.ts';
import { connect, responseIdOf, startTestMock } from './mock-server.ts';

const source = 'assumed: test';
const model = 'any';
const talk = { script: { kind: 'tool-loop', calls: 0 } } satisfies Partial<MockOptions>;
const tools = [{ type: 'function', name: 'look', parameters: { type: 'object' } }];
const first = { model, input: 'x'.repeat(4000), tools };
const next = { model, input: 'y'.repeat(400), tools };

const asked = { 'x-responsesapi-include-timing-metrics': 'true' };

/** Processed and read tokens of two steps of a chain on one connection, the second with changed fields. */
async function chain(profile: Profile, fields: object = {}): Promise<[number, number][]> {
  const { url } = await startTestMock({ profile, ...talk });
  const client = await connect(url, asked);
  const one = await client.create(first);
  const two = await client.create({
    ...next,
    previous_response_id: responseIdOf(one),
    ...fields,
  });
  return [one, two].map((frames) => {
    const timing = frames.find(({ type }) => type === 'responsesapi.websocket_timing');
    const { usage } = frames.at(-1)?.['response'] as { usage: { input_tokens: number } };
    return [timing?.['tokens_processed'] as number, usage.input_tokens];
  });
}

describe('tokens processed', () => {
  it('are only what is new where a connection holds the rest', async () => {
    const [one, two] = await chain(profiles.instant);
    expect(one?.[0]).toBe(one?.[1]);
    expect(two?.[0]).toBe(100);
    expect(two?.[1]).toBeGreaterThan(1100);
  });

  it.each<[string, Profile['cache'], object, boolean]>([
    ['all, where the rendered tokens are not held', { tokens: false }, {}, true],
    ['more, where the tools have changed', {}, { tools: [...tools, ...tools] }, false],
    ['more, where the tools are not held', { tools: false }, {}, false],
  ])('are %s', async (_, cache, fields, all) => {
    const profile = { ...profiles.instant, ...(cache && { cache }) };
    const [, two] = await chain(profile, fields);
    expect(two?.[0]).toBeGreaterThan(100);
    expect(two?.[0] === two?.[1]).toBe(all);
  });

  it('over HTTP are the whole history, in a header', async () => {
    const { url } = await startTestMock(talk);
    const made = await fetch(`${url}/responses`, { method: 'POST', body: JSON.stringify(first) });
    const { id } = (await made.json()) as { id: string };
    const chained = await fetch(`${url}/responses`, {
      method: 'POST',
      body: JSON.stringify({ ...next, previous_response_id: id }),
    });
    const { usage } = (await chained.json()) as { usage: { input_tokens: number } };
    expect(chained.headers.get('server-timing')).toBe(
      `tokens_processed;desc="${usage.input_tokens}"`,
    );
  });
});

describe('/metrics', () => {
  interface Sample {
    name: string;
    labels: Record<string, string>;
    value: number;
  }

  /** Reads the text format as its specification has it (exposition format 0.0.4), and nothing more. */
  function parse(text: string): { types: Map<string, string>; samples: Sample[] } {
    const types = new Map<string, string>();
    const samples: Sample[] = [];
    expect(text.endsWith('\n')).toBe(true);
    for (const line of text.slice(0, -1).split('\n')) {
      const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line);
      if (type !== null) {
        const [, name = '', kind = ''] = type;
        expect(types.has(name), `${name} has one type only`).toBe(false);
        types.set(name, kind);
        continue;
      }
      if (/^# HELP [a-zA-Z_:][\w:]* \S/.test(line)) continue;
      const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (sample === null) throw new Error(`no line of the format: ${line}`);
      const [, name = '', inBraces = '', value] = sample;
      const labels: Record<string, string> = {};
      const rest = inBraces.replace(
        /([a-z_]\w*)="([^"\\\n]*)",?/g,
        (_, key: string, of: string) => {
          labels[key] = of;
          return '';
        },
      );
      expect(rest, line).toBe('');
      expect(Number.isNaN(Number(value)), line).toBe(false);
      samples.push({ name, labels, value: Number(value) });
    }
    return { types, samples };
  }

  it('is in the text format, every sample under a family with a type', async () => {
    const profile: Profile = {
      ...profiles.instant,
      admit: { fixedMs: 3, source },
      prefill: { perThousandTokensMs: 2, source },
    };
    const { url } = await startTestMock({ profile, ...talk });
    const client = await connect(url);
    await client.create(first);
    await client.create({ ...next, input: 'z' });
    const response = await fetch(new URL('/metrics', url));
    const { types, samples } = parse(await response.text());
    for (const { name } of samples) {
      const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
      expect(types.has(family), name).toBe(true);
    }
    const prefix = 'agent_latency_bench_mock';
    const stage = `${prefix}_stage_seconds`;
    expect(types.get(stage)).toBe('histogram');
    for (const name of stageNames) {
      const own = samples.filter(({ labels }) => labels['stage'] === name);
      const buckets = own.filter((sample) => sample.name === `${stage}_bucket`);
      const counts = buckets.map(({ value }) => value);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: 2 });
      expect(own.find((sample) => sample.name === `${stage}_count`)?.value).toBe(2);
    }
    const admitted = samples.find((sample) => {
      return sample.name === `${stage}_sum` && sample.labels['stage'] === 'admit';
    });
    expect(admitted?.value).toBeCloseTo(0.006);
    const total = (name: string) => samples.find((s) => s.name === `${prefix}_${name}`)?.value;
    expect(types.get(`${prefix}_tokens_processed_total`)).toBe('counter');
    expect(total('input_tokens_total')).toBeGreaterThan(1000);
    expect(total('tokens_processed_total')).toBe(total('input_tokens_total'));
  });
});
