import { readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { readResult } from '../../src/app/read-result.ts';
import type { Result } from '../../src/result/schema.ts';
import { type Finished, onlyResult, runCli, runFolders, tempFolder } from '../support/cli.ts';
import { servedMockForTest } from '../support/mock.ts';
import { writeScenario } from '../support/scenario.ts';
import { serveForTest } from '../support/serve.ts';
import { closedPort, httpServerForTest, tcpServerForTest } from '../support/servers.ts';

const quickly = ['-n', '2', '-w', '0', '-c', '1', '-q', '--no-calibrate'];

/** What two runs of one scenario have in common, whoever serves them. */
function essence({ transports, rounds }: Result): unknown {
  return {
    counts: Object.entries(transports).map(([name, { workflows, counters }]) => ({
      name,
      workflows,
      connections: counters.connections,
      requests: counters.requests,
      outputTokens: counters.output_tokens,
      // The mock's ids are as long in one process as in the other.
      payloadBytes: counters.payload_bytes_sent,
    })),
    outcomes: rounds.map(({ index, order, workflows }) => ({
      index,
      order,
      outcomes: Object.values(workflows).map((workflow) => workflow.outcomeSha256),
    })),
  };
}

describe.concurrent('a run against serve in another process', () => {
  it.each(['plain', 'tls'] as const)(
    '%s: counts and outcomes are those of the bundled one',
    async (how) => {
      const cwd = await tempFolder();
      const scenario = await writeScenario(cwd);
      const served = await serveForTest(
        ['--script', scenario, ...(how === 'tls' ? ['--tls', '--tls-ca-out', 'ca.pem'] : [])],
        { cwd },
      );
      expect(served.url).toMatch(how === 'tls' ? /^https:/ : /^http:/);
      const trust = how === 'tls' ? ['--cacert', served.caFile] : [];
      const theirs = await runCli(
        ['run', scenario, '--url', served.url, ...trust, ...quickly, '-o', 'theirs'],
        { cwd },
      );
      const ours = await runCli(
        [
          'run',
          scenario,
          '--profile',
          'instant',
          ...quickly,
          ...(how === 'tls' ? [] : ['--no-tls']),
        ],
        { cwd },
      );
      expect([theirs.code, ours.code]).toEqual([0, 0]);
      expect(essence(await resultUnder(cwd, 'theirs'))).toEqual(
        essence(await resultUnder(cwd, 'results')),
      );
    },
  );

  it('asks for the scenario by its name without --model, and takes any certificate with -k', async () => {
    const { url } = await serveForTest(['--tls']);
    const { code, cwd } = await runCli(['run', 'chat', '--url', url, '-k', ...quickly]);
    expect(code).toBe(0);
    expect((await onlyResult(cwd)).run.options).toMatchObject({ model: 'chat', insecure: true });
  });
});

async function resultUnder(cwd: string, parent: string): Promise<Result> {
  const [name = ''] = await readdir(path.join(cwd, parent));
  return readResult(path.join(cwd, parent, name));
}

interface Trouble {
  why: string;
  /** The base URL of the endpoint. */
  url: () => Promise<string>;
  says: RegExp;
  args?: string[];
}

const troubles: Trouble[] = [
  {
    why: 'nobody listens there',
    url: async () => `http://127.0.0.1:${String(await closedPort())}/v1`,
    says: /cannot connect: .*ECONNREFUSED/,
  },
  {
    why: 'the name does not exist',
    url: () => Promise.resolve('http://nowhere.invalid/v1'),
    says: /cannot connect: .*nowhere\.invalid/,
  },
  {
    why: 'TLS is spoken to a plain server',
    url: async () => (await servedMockForTest()).url.replace('http:', 'https:'),
    says: /TLS failed: wrong version number; did you mean http:\/\/127.0.0.1:\d+\/v1\?/,
  },
  {
    why: 'plain HTTP is spoken to a TLS server',
    url: async () =>
      (await servedMockForTest({ tls: { kind: 'generated' } })).url.replace('https:', 'http:'),
    says: /did you mean https:|does it want https:/,
  },
  {
    why: 'the certificate is not trusted',
    url: async () => (await servedMockForTest({ tls: { kind: 'generated' } })).url,
    says: /TLS failed: self-signed certificate;.*--cacert/,
  },
  {
    why: 'the key is missing',
    url: async () =>
      (await serveForTest(['--api-key-env', 'KEY'], { env: { KEY: 'k-1234567' } })).url,
    says: /credentials \(status 401.*\); --api-key-env/,
  },
  {
    why: 'the base path is wrong',
    url: async () => (await servedMockForTest()).url.replace('/v1', '/v2'),
    says: /not a Responses API: status 404.*; --url takes the base URL/,
  },
  {
    why: 'it is a web site',
    url: () =>
      localUrl(
        httpServerForTest((_request, response) => {
          response.setHeader('content-type', 'text/html').end('<html>Welcome</html>');
        }),
      ),
    says: /not a Responses API: .*text\/html/,
  },
  {
    why: 'it redirects',
    url: () =>
      localUrl(
        httpServerForTest((_request, response) => {
          response.writeHead(302, { location: 'http://127.0.0.1/' }).end();
        }),
      ),
    says: /not a Responses API: .*302/,
  },
  {
    why: 'it does not speak HTTP',
    url: () => localUrl(tcpServerForTest((socket) => socket.end('220 smtp.invalid ready\r\n'))),
    says: /not a Responses API/,
  },
  {
    why: 'it accepts and never answers',
    url: () => localUrl(tcpServerForTest((socket) => socket.resume())),
    args: ['--timeout', '1s'],
    says: /no answer within 1000 ms/,
  },
  {
    why: 'it never answers the TLS handshake',
    url: async () =>
      (await localUrl(tcpServerForTest((socket) => socket.resume()))).replace('http:', 'https:'),
    args: ['--timeout', '1s'],
    says: /no answer within 1000 ms/,
  },
  {
    why: 'it closes at once',
    url: () => localUrl(tcpServerForTest((socket) => socket.end())),
    says: /closed the connection without an answer/,
  },
  {
    why: 'it resets at once',
    url: () => localUrl(tcpServerForTest((socket) => socket.resetAndDestroy())),
    says: /closed the connection without an answer|cannot connect/,
  },
];

describe.concurrent('an endpoint that is no good', () => {
  it.each(troubles)(
    '$why: one message, exit 1, nothing left behind',
    async ({ url, says, args }) => {
      const { code, stdout, stderr, cwd } = await runCli([
        ...['run', 'quick', '--url', await url(), '--tool-time', 'none', '--no-calibrate'],
        ...(args ?? ['--timeout', '5s']),
      ]);
      expect(stderr).toMatch(says);
      expect({ code, stdout, folders: await runFolders(cwd) }).toEqual({
        code: 1,
        stdout: '',
        folders: [],
      });
      expectOneMessage(stderr);
    },
  );

  it.each([
    ['before anything is measured', ['-w', '1'], 0],
    ['in the first measured round', ['-w', '0'], 1],
  ])('does not know the model: says so once, %s', async (_when, args, folders) => {
    const { url } = await servedMockForTest();
    const { code, stderr, cwd } = await runCli([
      ...['run', 'quick', '--url', url, '--model', 'gpt-0', '-c', '3', '-q', ...args],
      '--no-calibrate',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/model_not_found.*gpt-0.*--model/);
    expectOneMessage(stderr);
    expect(await runFolders(cwd)).toHaveLength(folders);
  });

  it('goes on measuring when only one transport fails, and exits with 0', async () => {
    const served = await servedMockForTest();
    const target = new URL(served.url);
    // A gateway that knows nothing of WebSocket: it has no listener for upgrades.
    const gateway = await httpServerForTest((request, response) => {
      void forward(request, response, target.origin);
    });
    const finished = await runCli([
      ...['run', 'chat', '--url', `http://127.0.0.1:${String(gateway.port)}/v1`, ...quickly],
      '--no-fallback',
    ]);
    expect(finished.code).toBe(0);
    const { transports, rounds } = await onlyResult(finished.cwd);
    expect(transports['http']?.workflows.completed).toBe(2);
    expect(transports['ws']?.workflows).toEqual({ attempted: 2, completed: 0, failed: 2 });
    expect(rounds[0]?.workflows['ws']?.steps[0]?.failure?.kind).toBe('upgrade_refused');
    expect(finished.stdout).toMatch(/^ws: .*upgrade/m);
  });
});

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const answer = await fetch(`${origin}${url}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'POST' && { body: new Uint8Array(await buffer(request)) }),
  });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
  response.end(await answer.text());
}

async function localUrl(server: Promise<{ port: number }>): Promise<string> {
  return `http://127.0.0.1:${String((await server).port)}/v1`;
}

function expectOneMessage(stderr: Finished['stderr']): void {
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/\n\s+at |report it/);
}
