import { beforeAll, describe, expect, it } from 'vitest';
import { runBenchmark } from '../../src/app/benchmark.ts';
import { examine } from '../../src/app/doctor/doctor.ts';
import type { EndpointOptions } from '../../src/app/options/endpoint.ts';
import { generateCertificate } from '../../src/listen/certificate.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { startMock } from '../../src/mock/server.ts';
import { reporters } from '../../src/report/index.ts';
import type { WorkflowRecord } from '../../src/result/record.ts';
import type { Result } from '../../src/result/schema.ts';
import type { Script } from '../../src/scenario/script.ts';
import { connectorOf, type TransportName, transports } from '../../src/transport/index.ts';
import { atEnd } from '../support/cleanup.ts';
import { smallScript } from '../support/script.ts';
import { haproxy, IDLE_CUT_S, nginx, tinyproxy } from './configurations.ts';
import { startProgram } from './programs.ts';

/** The tools of the second turn take longer than the proxies let a connection lie idle. */
const patient: Script = {
  ...smallScript,
  turns: smallScript.turns.map((turn, index) => ({
    ...turn,
    toolResults: turn.toolResults.map((result) => ({
      ...result,
      timeMs: index === 1 ? (IDLE_CUT_S + 1) * 1000 : result.timeMs,
    })),
  })),
};

const all = Object.keys(transports) as TransportName[];
const overWebSocket = all.filter((name) => connectorOf(name).carrier === 'websocket');
const keptHttp = all.filter(
  (name) => connectorOf(name).carrier === 'http' && transports[name].connection !== 'per-call',
);

let ca = '';
let files: Record<string, string> = {};
let upstream = 0;

beforeAll(async () => {
  const { cert, key } = await generateCertificate('localhost');
  ca = cert;
  files = { 'cert.pem': cert, 'key.pem': key, 'both.pem': cert + key };
  const mock = await startMock({ scripts: [patient], profile: 'instant' });
  atEnd(() => mock.close());
  upstream = Number(new URL(mock.url).port);
});

function behind(port: number): EndpointOptions {
  return { url: `https://127.0.0.1:${port}/v1`, ca, model: patient.name, proxy: 'none' };
}

type Ran = Result & { workflow: WorkflowRecord };

/** One workflow over every transport, side by side: each waits for its tools. */
async function runAll(endpoint: EndpointOptions, scenario: Script): Promise<Map<string, Ran>> {
  const runs = all.map(async (name): Promise<[string, Ran]> => {
    const result = await runBenchmark({
      scenario,
      endpoint,
      transports: [name],
      iterations: 1,
      warmup: 0,
      calibrate: false,
    });
    const workflow = result.rounds[0]?.workflows[name];
    if (workflow === undefined) throw new Error(`${name} did not run`);
    return [name, { ...result, workflow }];
  });
  return new Map(await Promise.all(runs));
}

function workflowsOf(runs: Map<string, Ran>, names: readonly string[]): WorkflowRecord[] {
  return names.flatMap((name) => runs.get(name)?.workflow ?? []);
}

describe.concurrent.each([
  ['nginx', () => startProgram(nginx(upstream, true), files)],
  ['HAProxy', () => startProgram(haproxy(upstream), files)],
])('%s, which ends TLS and cuts what is idle', (_, start) => {
  it('lets every transport complete, and the records say what happened', async () => {
    const runs = await runAll(behind(await start()), patient);
    for (const { workflow } of runs.values()) {
      expect(workflow.state).toBe('completed');
      expect(workflow.fellBack).toBeUndefined();
    }
    for (const { recoveries, connections } of workflowsOf(runs, overWebSocket)) {
      expect(recoveries).toMatchObject([
        { step: 1, cause: { kind: 'closed' }, action: 'reconnect' },
      ]);
      expect(connections).toHaveLength(2);
      for (const { wsUpgradeUs } of connections) expect(wsUpgradeUs).toBeGreaterThan(0);
    }
    for (const { recoveries, connections } of workflowsOf(runs, keptHttp)) {
      expect(recoveries).toBeUndefined();
      expect(connections).toHaveLength(2);
    }
    expect(runs.get('http')?.workflow.connections).toHaveLength(patient.turns.length);
    expect(runs.get('http2')?.workflow.connections.map(({ alpn }) => alpn)).toEqual(['h2', 'h2']);
  });
});

it.concurrent('doctor tells that nginx cuts what is idle, and what it passes on', async () => {
  const port = await startProgram(nginx(upstream, true), files);
  const report = await examine({
    endpoint: behind(port),
    ...{ timeoutMs: 10_000, idleMs: (IDLE_CUT_S + 2) * 1000, signal: new AbortController().signal },
  });
  const verdicts = Object.fromEntries(report.checks.map(({ name, verdict }) => [name, verdict]));
  expect(verdicts).toMatchObject({
    ...{ tls: 'yes', tls_resumption: 'yes', http2: 'yes', json: 'yes', sse: 'yes' },
    ...{ ws_upgrade: 'yes', ws_chain: 'yes', ws_ping: 'yes', ws_idle: 'no', ws_age: 'not asked' },
  });
  expect(report.webSocketMode).toBe(true);
});

it.concurrent('nginx without the lines for an upgrade: WebSocket goes on over HTTP, and says so', async () => {
  const port = await startProgram(nginx(upstream, false), files);
  const runs = await runAll(behind(port), smallScript);
  for (const { workflow } of runs.values()) expect(workflow.state).toBe('completed');
  for (const name of overWebSocket) {
    const { workflow, warnings } = runs.get(name) ?? {};
    expect(workflow?.recoveries).toMatchObject([
      { cause: { kind: 'upgrade_refused' }, action: 'fall_back', over: 'http' },
    ]);
    expect(warnings?.map(({ code }) => code)).toContain('fell_back');
  }
});

it.concurrent('nginx before a mock of ours that leaves something out: the result says which mock it was', async () => {
  const mock = await startMock({
    scripts: [smallScript],
    profile: 'fast',
    cacheOff: ['tokens'],
    seed: 7,
  });
  atEnd(() => mock.close());
  const port = await startProgram(nginx(Number(new URL(mock.url).port), true), files);
  for (const { workflow, run, ...result } of (await runAll(behind(port), smallScript)).values()) {
    expect(workflow.state).toBe('completed');
    expect(run.endpoint).toMatchObject({
      kind: 'url',
      profile: profiles.fast,
      cacheOff: ['tokens'],
      mock: { seed: 7 },
    });
    expect(reporters.table({ ...result, run }, { full: true })).toContain(
      'which says it is our mock',
    );
  }
});

it.concurrent('tinyproxy tunnels every transport, and is named without its password', async () => {
  const [port, proxy] = await Promise.all([
    startProgram(nginx(upstream, true), files),
    startProgram(tinyproxy),
  ]);
  const through = `http://somebody:secret-word@127.0.0.1:${proxy}`;
  const runs = await runAll({ ...behind(port), proxy: through }, smallScript);
  for (const { workflow, ...result } of runs.values()) {
    expect(workflow.state).toBe('completed');
    expect(workflow.recoveries).toBeUndefined();
    for (const { proxyUs } of workflow.connections) expect(proxyUs).toBeGreaterThan(0);
    expect(result.run.endpoint.proxy).toBe(`http://127.0.0.1:${proxy}`);
    expect(JSON.stringify(result)).not.toContain('secret-word');
  }
});

it.concurrent('tinyproxy without its password: the run ends and says what it wants', async () => {
  const proxy = `http://127.0.0.1:${await startProgram(tinyproxy)}`;
  await expect(runAll({ ...behind(upstream), proxy }, smallScript)).rejects.toThrow(
    /refused the tunnel .* with status 407; it wants a user and password/,
  );
});
