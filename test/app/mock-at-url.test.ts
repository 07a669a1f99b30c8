import { gate, type MockOptions, reporters, runBenchmark } from 'agent-latency-bench';
import { expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { MOCK_HEADER } from '../../src/protocol/mock-identity.ts';
import type { Result } from '../../src/result/schema.ts';
import { servedMockForTest } from '../support/mock.ts';
import { httpServerForTest } from '../support/servers.ts';

function runAt(port: number): Promise<Result> {
  return runBenchmark({
    scenario: 'quick',
    endpoint: { url: `http://127.0.0.1:${port}/v1`, proxy: 'none' },
    transports: ['ws'],
    ...{ iterations: 1, warmup: 0, toolTime: 'none', calibrate: false },
  });
}

async function runAgainst(options: MockOptions): Promise<Result> {
  return runAt((await servedMockForTest(options)).port);
}

it('a mock of ours at a URL is told as what it is: profile, seed, what it leaves out and does wrong', async () => {
  const result = await runAgainst({
    profile: 'fast',
    seed: 7,
    cacheOff: ['tokens'],
    fault: 'stall@0',
  });
  expect(result.run.endpoint).toMatchObject({
    kind: 'url',
    profile: profiles.fast,
    cacheOff: ['tokens'],
    fault: 'stall@0',
    mock: { seed: 7 },
  });
  const text = reporters.table(result, { full: true });
  expect(text).toContain('which says it is our mock');
  expect(text).toContain('admit: 1 ms, 0.05 ms per 1,000 tokens (assumed: half of the 2 ms');
});

it('of two mocks in one job, what they simulate is what is compared', async () => {
  const [base, candidate] = [
    await runAgainst({ profile: 'instant' }),
    await runAgainst({ profile: 'instant', cacheOff: ['tokens'] }),
  ].map((result) => ({ ...result, run: { ...result.run, interleaved: 'one job' } }));
  if (base === undefined || candidate === undefined) throw new Error('no result');
  const report = gate(candidate, { baseline: base });
  expect(report).toMatchObject({ differences: [], advisory: false });
  expect(report.base?.endpoint).toMatch(/ \(our mock, profile instant\)$/);
  expect(report.candidate.endpoint).toMatch(/ \(our mock, profile instant, without tokens\)$/);
});

it('results of mocks that hold other things are not compared, and it is said what differs', async () => {
  const base = await runAgainst({ profile: 'instant' });
  const candidate = await runAgainst({ profile: 'instant', cacheOff: ['tokens'] });
  const { differences, checks, warnings } = gate(candidate, { baseline: base });
  expect(differences).toMatchObject([{ key: 'cacheOff', base: 'none', candidate: 'tokens' }]);
  expect(checks).toEqual([]);
  expect(warnings.map(({ message }) => message).join()).toContain('cacheOff');
});

it.each([
  { why: 'no JSON', body: 'I am' },
  { why: 'a profile without sources', body: JSON.stringify({ profile: { name: 'x' } }) },
  {
    why: 'a version that is none',
    body: JSON.stringify({ version: '<b>', seed: 1, profile: profiles.fast, cacheOff: [] }),
  },
])(
  'whoever says that he is our mock and describes himself by $why is an endpoint like any other',
  async ({ body }) => {
    const liar = await httpServerForTest((request, response) => {
      response.setHeader(MOCK_HEADER, 'version=1.0.0');
      response.setHeader('content-type', 'application/json');
      const isAsked = request.url?.endsWith('/mock') === true;
      response.writeHead(isAsked ? 200 : 400);
      response.end(isAsked ? body : JSON.stringify({ error: { message: 'Missing model.' } }));
    });
    await expect(runAt(liar.port)).resolves.toMatchObject({
      run: { endpoint: { profile: null } },
    });
  },
);
