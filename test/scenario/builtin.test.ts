import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WireItem } from '../../src/protocol/items.ts';
import { startConversation } from '../../src/runner/request/conversation.ts';
import { builtinNames, builtinPath } from '../../src/scenario/builtin.ts';
import { describeScript } from '../../src/scenario/describe.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { loadScenario, parseScenario } from '../../src/scenario/load.ts';
import type { Script } from '../../src/scenario/script.ts';
import { scenarioTemplate } from '../../src/scenario/template.ts';
import { mockForTest } from '../support/mock.ts';

async function builtin(name: string): Promise<Script> {
  return expandScenario(await loadScenario(name), 1);
}

function within(percent: number, expected: number) {
  const slack = (expected * percent) / 100;
  return { min: expected - slack, max: expected + slack };
}

function expectWithin(value: number, { min, max }: { min: number; max: number }): void {
  expect(value).toBeGreaterThanOrEqual(min);
  expect(value).toBeLessThanOrEqual(max);
}

describe('built-in scenarios', () => {
  it('are all the files there are', async () => {
    const files = await readdir(dirname(builtinPath('quick')));
    expect(files.sort()).toEqual(builtinNames.map((name) => `${name}.yaml`).sort());
  });

  it.each(builtinNames)('%s is named like its file and says what it is', async (name) => {
    const script = await builtin(name);
    expect(script.name).toBe(name);
    expect(script.description).toMatch(/^[A-Z].{20,100}\.$/);
  });

  it('coding-agent has the figures that headlines rest on', async () => {
    const script = await builtin('coding-agent');
    const figures = describeScript(script);
    expect(figures).toMatchObject({ turns: 25, calls: 24, userTurns: 1, outputTokens: 2700 });
    expectWithin(figures.toolBytes, within(0.5, 17_221));
    expectWithin(figures.firstInputBytes, within(1, 20_867));
    expectWithin(figures.lastContextBytes, within(1, 105_000));

    const calling = script.turns.filter(({ model }) => model.calls.length > 0);
    const tokensPerCall = calling.map(
      ({ model }) => ((model.reasoning?.length ?? 0) + (model.calls[0]?.arguments.length ?? 0)) / 4,
    );
    expect(tokensPerCall).toEqual(Array(24).fill(100));
    expect(script.turns.at(-1)?.model).toEqual({ text: expect.any(String) as string, calls: [] });
    expect(script.turns.at(-1)?.model.text).toHaveLength(300 * 4);

    const times = script.turns.flatMap(({ toolResults }) =>
      toolResults.map(({ timeMs }) => timeMs),
    );
    const count = (timeMs: number) => times.filter((time) => time === timeMs).length;
    expect([times.length, count(60), count(250), count(1200)]).toEqual([24, 18, 5, 1]);
  });

  it('coding-agent keeps its figures whatever the seed', async () => {
    const loaded = await loadScenario('coding-agent');
    expect(describeScript(expandScenario(loaded, 99))).toEqual(
      describeScript(expandScenario(loaded, 1)),
    );
  });

  it('coding-agent over a connection that remembers sends at most a third', async () => {
    const { fullHistoryBytes, incrementalBytes } = describeScript(await builtin('coding-agent'));
    expect(incrementalBytes * 3).toBeLessThanOrEqual(fullHistoryBytes);
  });

  it('quick has six small calls', async () => {
    const figures = describeScript(await builtin('quick'));
    expect(figures.calls).toBe(6);
    expect(figures.lastContextBytes).toBeLessThan(10_000);
    expect(figures.toolTimeMs).toBeLessThan(500);
  });

  it('code-review starts with 100 KB of context', async () => {
    const { firstInputBytes, toolBytes } = describeScript(await builtin('code-review'));
    expectWithin(firstInputBytes + toolBytes, within(1, 100_000));
  });

  it('customer-support has several user turns, slow tools and an escalation', async () => {
    const script = await builtin('customer-support');
    const figures = describeScript(script);
    expect(figures.userTurns).toBe(4);
    expect(figures.toolTimeMs / figures.calls).toBeGreaterThan(500);
    expect(script.turns.flatMap(({ model }) => model.calls.map(({ name }) => name))).toContain(
      'escalate',
    );
  });

  it('research calls in parallel, and its waits overlap', async () => {
    const script = await builtin('research');
    expect(Math.max(...script.turns.map(({ model }) => model.calls.length))).toBeGreaterThan(2);
    const sumMs = script.turns
      .flatMap(({ toolResults }) => toolResults)
      .reduce((sum, { timeMs }) => sum + timeMs, 0);
    expect(describeScript(script).toolTimeMs).toBeLessThan(sumMs);
  });

  it('chat has three turns and no tools', async () => {
    const figures = describeScript(await builtin('chat'));
    expect(figures).toMatchObject({
      turns: 3,
      userTurns: 3,
      calls: 0,
      toolBytes: 0,
      toolTimeMs: 0,
    });
  });
});

it('the description counts what a replay against the bundled server really sends', async () => {
  const script = await builtin('coding-agent');
  const mock = await mockForTest({ scripts: [script] });
  const conversation = startConversation(script, script.name, { store: false });
  const sent: { inputBytes: number; contextBytes: number }[] = [];
  for (const turn of script.turns) {
    conversation.begin(turn);
    const request = { ...conversation.request('full'), stream: false };
    const inputBytes = Buffer.byteLength(JSON.stringify(request.input));
    sent.push({ inputBytes, contextBytes: inputBytes + JSON.stringify(request.tools).length });
    const answer = await fetch(`${mock.url}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    expect(answer.status).toBe(200);
    const { id, output } = (await answer.json()) as { id: string; output: WireItem[] };
    conversation.absorb(output, id);
  }
  const figures = describeScript(script);
  expect(figures.firstInputBytes).toBe(sent[0]?.inputBytes);
  expect(figures.lastContextBytes).toBe(sent.at(-1)?.contextBytes);
  expect(figures.fullHistoryBytes).toBe(sent.reduce((sum, each) => sum + each.contextBytes, 0));
});

it('the template is a valid scenario under the name asked for', async () => {
  const { scenario } = await parseScenario(scenarioTemplate('my-own'), 'template.yaml');
  expect(scenario.name).toBe('my-own');
  expect(
    describeScript(expandScenario(await parseScenario(scenarioTemplate(), 't'), 1)),
  ).toMatchObject({
    turns: 6,
    calls: 6,
  });
});
