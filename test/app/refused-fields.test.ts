import { expect, it } from 'vitest';
import { type RunBenchmarkOptions, runBenchmark } from '../../src/app/benchmark.ts';
import type { RequestOptions } from '../../src/app/options/request.ts';
import { readResult } from '../../src/app/read-result.ts';
import { keepJournals } from '../../src/app/run/journal-hooks.ts';
import type { Result } from '../../src/result/schema.ts';
import { tempFolder } from '../support/cli.ts';
import { type Body, endpointThatRefuses } from '../support/refusing-endpoint.ts';
import { smallScript } from '../support/script.ts';

function run(
  port: number,
  request: RequestOptions = {},
  options: RunBenchmarkOptions = {},
): Promise<Result> {
  return runBenchmark({
    scenario: smallScript,
    endpoint: { url: `http://127.0.0.1:${port}/v1`, model: 'm', proxy: 'none' },
    transports: ['http', 'ws'],
    iterations: 2,
    warmup: 0,
    calibrate: false,
    request,
    ...options,
  });
}

const refusesInclude = (body: Body): Body | undefined =>
  'include' in body
    ? { message: 'Encrypted content is not supported with this model.', param: 'include' }
    : undefined;

it('a run goes on without include where it is refused, and says so once', async () => {
  const { port, bodies } = await endpointThatRefuses(refusesInclude);
  const { rounds, warnings } = await run(port);
  const workflows = rounds.flatMap((round) => Object.values(round.workflows));
  expect(workflows.map(({ state }) => state)).toEqual(Array(4).fill('completed'));
  const recoveries = workflows.flatMap(({ recoveries = [] }) => recoveries);
  expect(recoveries).toMatchObject([{ action: 'leave_out', cause: { status: 400 }, step: 0 }]);
  expect(bodies.filter((body) => 'include' in body)).toHaveLength(1);
  expect(warnings.filter(({ code }) => code === 'field_refused')).toMatchObject([
    { field: 'include' },
  ]);
});

it('says so too where the rounds that warm up found it out', async () => {
  const { port } = await endpointThatRefuses(refusesInclude);
  const { rounds, warnings } = await run(port, {}, { warmup: 1 });
  const workflows = rounds.flatMap((round) => Object.values(round.workflows));
  expect(workflows.flatMap(({ recoveries = [] }) => recoveries)).toEqual([]);
  expect(warnings.map(({ code }) => code)).toContain('field_refused');
});

it('what is left out from the start is never sent, and is recorded', async () => {
  const { port, bodies } = await endpointThatRefuses(refusesInclude);
  const omit = ['include', 'parallel_tool_calls'];
  const { run: ran, warnings } = await run(port, { omit, toolChoice: 'required' });
  expect(ran.options).toMatchObject({ omit, toolChoice: 'required' });
  for (const body of bodies) for (const field of omit) expect(body).not.toHaveProperty(field);
  expect(warnings.map(({ code }) => code)).not.toContain('field_refused');
});

it.each<[string, (body: Body) => Body | undefined, RequestOptions, RegExp]>([
  [
    'a choice by name',
    ({ tool_choice: choice }) =>
      typeof choice === 'object' ? { message: "Invalid tool_choice type: 'object'." } : undefined,
    {},
    /Invalid tool_choice.*; --tool-choice required or --tool-choice auto/,
  ],
  [
    'a choice of any call',
    () => ({ message: "Only 'auto' tool_choice is supported" }),
    { toolChoice: 'required' },
    /; --tool-choice auto/,
  ],
  [
    'a parameter beside one that is left out already',
    () => ({ message: 'Unsupported parameter', param: 'parallel_tool_calls' }),
    { omit: ['include'] },
    /; --omit include,parallel_tool_calls leaves it out/,
  ],
  [
    'a store, where it has none',
    () => ({ message: '`store=True` (default) is not supported.' }),
    {},
    /is not supported\.$/,
  ],
])(
  'the flag that helps is named where the endpoint refuses %s',
  async (_, refuse, request, said) => {
    const { port } = await endpointThatRefuses(refuse, 501);
    const failures: (string | undefined)[] = [];
    await run(port, request, { onWorkflow: ({ failure }) => failures.push(failure) });
    expect(failures[0]).toMatch(said);
  },
);

it('subprotocols are offered with the upgrade', async () => {
  const { port, protocols } = await endpointThatRefuses(() => undefined);
  const { run: ran } = await run(port, { webSocketProtocols: ['one', 'two'] });
  expect(protocols).toEqual(['one,two', 'one,two']);
  expect(JSON.stringify(ran)).not.toContain('one,two');
});

it.each<[string, RequestOptions, RegExp]>([
  [
    'a field that makes a request',
    { omit: ['model'] },
    /omit: expected some of include, .*"model"/,
  ],
  ['a mistyped field', { omit: ['includes'] }, /did you mean include\?/],
  ['another word', { toolChoice: 'any' as 'auto' }, /tool choice: expected one of named, .*"any"/],
  [
    'another policy',
    { cacheKey: 'mine' as 'none' },
    /cache key: expected one of per-run, .*"mine"/,
  ],
  ['a subprotocol with a space', { webSocketProtocols: ['a b'] }, /^ws protocol: expected/],
  ['a subprotocol twice', { webSocketProtocols: ['a', 'a'] }, /^ws protocol: expected/],
])('%s is a mistake', async (_, request, said) => {
  await expect(run(1, request)).rejects.toThrow(said);
});

it('is told by a run that was killed too, from its journal', async () => {
  const { port } = await endpointThatRefuses(refusesInclude);
  const folder = await tempFolder();
  const journals = keepJournals(() => folder);
  await run(port, {}, { ...journals.hooks, warmup: 1 });
  journals.close();
  const { warnings } = await readResult(folder);
  expect(warnings.map(({ code }) => code)).toContain('field_refused');
});
