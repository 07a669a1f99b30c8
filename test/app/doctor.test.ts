import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checks, examine } from '../../src/app/doctor/doctor.ts';
import { lifeCycleFault } from '../../src/app/doctor/life-cycle.ts';
import { type DoctorReport, doctorJsonSchema } from '../../src/app/doctor/report.ts';
import { callCli } from '../support/cli.ts';
import { mockForTest } from '../support/mock.ts';
import { smallScript } from '../support/script.ts';
import { closedPort, httpServerForTest, sendStream } from '../support/servers.ts';

const KEY = 'sk-planted-secret-key';

async function examined(
  url: string,
  options: Partial<Parameters<typeof examine>[0]> = {},
): Promise<DoctorReport> {
  const { signal } = new AbortController();
  return examine({ endpoint: { url, apiKey: KEY }, timeoutMs: 5000, signal, ...options });
}

/** The verdicts of some checks. */
function verdictsOf({ checks: results }: DoctorReport, names: readonly string[]) {
  return Object.fromEntries(
    results.filter(({ name }) => names.includes(name)).map(({ name, verdict }) => [name, verdict]),
  );
}

type Mock = Parameters<typeof mockForTest>[0];

describe('every line tells the truth', () => {
  it.each<[reason: string, mock: Mock, verdicts: Record<string, string>]>([
    [
      'the mock as it is',
      {},
      {
        ...{
          dns: 'not asked',
          tcp: 'yes',
          tls: 'not asked',
          http2: 'not asked',
          json: 'yes',
          sse: 'yes',
        },
        ...{ server_timing: 'yes', cached_tokens: 'yes', http_chain: 'yes', http_miss: 'yes' },
        ...{ include: 'yes', named_tool_choice: 'yes', parallel_calls: 'no', compaction: 'yes' },
        ...{
          ws_upgrade: 'yes',
          ws_deflate: 'no',
          ws_create: 'yes',
          ws_sequence: 'yes',
          ws_chain: 'yes',
        },
        ...{ ws_miss: 'yes', ws_survives_error: 'yes', ws_eviction: 'yes', ws_warm_up: 'yes' },
        ...{ ws_lanes: 'yes', ws_ping: 'yes', ws_idle: 'not asked' },
      },
    ],
    ['one that ignores lanes', { singleLane: true }, { ws_lanes: 'no', ws_chain: 'yes' }],
    [
      'one that calls two tools at once',
      { script: { kind: 'tool-loop', calls: 2, parallel: 2 } },
      { parallel_calls: 'yes' },
    ],
    [
      'a connection that holds nothing',
      { cache: { maxEntries: 0 } },
      { ws_create: 'yes', ws_chain: 'no', ws_eviction: 'not asked' },
    ],
    [
      'TLS',
      { tls: { kind: 'generated' } },
      { tls: 'yes', tls_resumption: 'yes', http2: 'yes', ws_chain: 'yes' },
    ],
    [
      'all that the specification asks',
      {},
      Object.fromEntries(
        checks.filter(({ name }) => name.startsWith('spec_')).map(({ name }) => [name, 'yes']),
      ),
    ],
    [
      'no upgrades',
      { fault: 'upgrade:426' },
      {
        json: 'yes',
        sse: 'yes',
        ws_upgrade: 'no',
        ws_create: 'not asked',
        spec_ws_error: 'not asked',
      },
    ],
    [
      'sockets that close',
      { fault: 'close:1011' },
      { json: 'yes', ws_upgrade: 'yes', ws_create: 'no', ws_chain: 'not asked' },
    ],
    [
      'a memory that is lost',
      { fault: 'forget' },
      { ws_create: 'yes', ws_chain: 'no', ws_miss: 'yes' },
    ],
    [
      'refusals',
      { fault: '503' },
      { json: 'no', sse: 'no', ws_create: 'no', http_chain: 'not asked' },
    ],
    ['responses that fail', { fault: 'fail' }, { json: 'no', sse: 'no', ws_create: 'no' }],
    ['resets', { fault: 'reset' }, { json: 'no', sse: 'no', ws_create: 'no' }],
    ['what is no JSON', { fault: 'garbage' }, { json: 'no', sse: 'differs' }],
  ])('%s', async (_reason, mock, expected) => {
    const { url, ca } = await mockForTest(mock);
    const report = await examined(url, { endpoint: { url, ...(ca !== undefined && { ca }) } });
    expect(verdictsOf(report, Object.keys(expected))).toEqual(expected);
  });

  it('a model that calls a tool unasked is gone on from with a result of its call', async () => {
    const { url } = await mockForTest();
    const report = await examined(url, { endpoint: { url, model: smallScript.name } });
    const chained = { http_chain: 'yes', ws_chain: 'yes', ws_eviction: 'yes' };
    expect(verdictsOf(report, Object.keys(chained))).toEqual(chained);
    expect(report.webSocketMode).toBe(true);
  });

  it('an idle connection that is cut', async () => {
    const { url } = await mockForTest({ maxAgeMs: 200 });
    const report = await examined(url, { idleMs: 900 });
    const told = { ws_create: 'yes', ws_idle: 'no', ws_age: 'yes' };
    expect(verdictsOf(report, Object.keys(told))).toEqual(told);
    const deaf = await mockForTest({ fault: 'half-open:200ms' });
    const silent = await examined(deaf.url, { idleMs: 900, timeoutMs: 600 });
    const untold = { ws_create: 'yes', ws_idle: 'no', ws_age: 'not asked' };
    expect(verdictsOf(silent, Object.keys(untold))).toEqual(untold);
    expect(verdictsOf(await examined(url, { idleMs: 10 }), ['ws_idle'])).toEqual({
      ws_idle: 'yes',
    });
  });

  it('a long message: read, or the end of the connection; none unless it is asked for', async () => {
    const { url } = await mockForTest();
    const longMessage = async (frameBytes?: number) =>
      verdictsOf(await examined(url, frameBytes === undefined ? {} : { frameBytes }), ['ws_frame']);
    expect(await longMessage()).toEqual({ ws_frame: 'not asked' });
    expect(await longMessage(1024 ** 2)).toEqual({ ws_frame: 'yes' });
    expect(await longMessage(17 * 1024 ** 2)).toEqual({ ws_frame: 'no' });
  });

  it('a server that streams whatever is asked, overlooks ids, and tells items only as they come', async () => {
    const call = { id: 'fc', type: 'function_call', call_id: 'c', name: 'ping', arguments: '{}' };
    const response = { id: 'r', status: 'completed', output: [], usage: { input_tokens: 10 } };
    const events = [
      { type: 'response.created', response: {} },
      { type: 'response.output_item.added', output_index: 0, item: call },
      { type: 'response.output_item.done', output_index: 0, item: call },
      { type: 'response.completed', response },
    ];
    const { port } = await httpServerForTest((request, answer) => {
      request.resume().on('end', () => {
        sendStream(
          answer,
          events
            .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
            .join(''),
        );
      });
    });
    const report = await examined(`http://127.0.0.1:${port}/v1`);
    const expected = {
      ...{ json: 'differs', sse: 'yes', http_chain: 'differs', http_miss: 'no' },
      ...{ named_tool_choice: 'yes', spec_events: 'yes', spec_done: 'differs' },
      ...{ spec_response: 'differs', spec_no_tools: 'no', spec_error: 'no' },
    };
    expect(verdictsOf(report, Object.keys(expected))).toEqual(expected);
    expect(report.transports).not.toContain('http-chained');
  });

  it.each([
    ['in order', ['created', 'added', 'delta', 'done', 'completed'], undefined],
    ['nothing created', ['added', 'done', 'completed'], 'response.output_item.added comes first'],
    [
      'an end before the end',
      ['created', 'completed', 'completed'],
      'more than one terminal event',
    ],
    ['no end', ['created', 'added'], 'response.output_item.added comes last'],
    [
      'words of no item',
      ['created', 'delta', 'completed'],
      'response.output_text.delta of an item that is not under way',
    ],
    ['an item left open', ['created', 'added', 'completed'], 'an item without output_item.done'],
    ['foreign events between', ['created', 'keepalive', 'completed'], undefined],
  ])('events: %s', (_reason, names, fault) => {
    const types: Record<string, object> = {
      created: { type: 'response.created' },
      added: { type: 'response.output_item.added', output_index: 0 },
      delta: { type: 'response.output_text.delta', output_index: 0 },
      done: { type: 'response.output_item.done', output_index: 0 },
      completed: { type: 'response.completed' },
      keepalive: { type: 'keepalive' },
    };
    expect(lifeCycleFault(names.map((name) => ({ ...types[name] })))).toBe(fault);
  });

  it('a server that buffers, gives errors a form of its own, and knows no WebSocket', async () => {
    const event = {
      type: 'response.completed',
      response: { id: 'r', status: 'completed', output: [] },
    };
    const { port } = await httpServerForTest((request, response) => {
      if (request.method === 'GET') {
        response.writeHead(404).end();
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
        if (body['include'] !== undefined || body['previous_response_id'] !== undefined) {
          response.writeHead(422).end('{"error": {"message": "no", "code": "unknown_field"}}');
        } else if (body['stream'] === true) {
          setTimeout(() => {
            response.setHeader('content-type', 'text/event-stream');
            response.end(`event: response.completed\ndata: ${JSON.stringify(event)}\n\n`);
          }, 250);
        } else response.end(JSON.stringify(event.response));
      });
    });
    const report = await examined(`http://127.0.0.1:${port}/v1`);
    const expected = {
      ...{ json: 'yes', sse: 'yes', early_headers: 'no', unbuffered: 'no', server_timing: 'no' },
      ...{ cached_tokens: 'no', http_chain: 'no', http_miss: 'differs', include: 'no' },
      ...{
        named_tool_choice: 'no',
        compaction: 'differs',
        ws_upgrade: 'no',
        ws_create: 'not asked',
      },
    };
    expect(verdictsOf(report, Object.keys(expected))).toEqual(expected);
    expect(report).toMatchObject({
      webSocketMode: false,
      transports: ['http', 'http-keepalive', 'http-pooled'],
      flags: ['--tool-choice auto', '--omit include'],
    });
  });

  it('nobody there: one no, and nothing else is asked', async () => {
    const report = await examined(`http://127.0.0.1:${await closedPort()}/v1`);
    const said = report.checks.filter(({ verdict }) => verdict !== 'not asked');
    expect(said.map(({ name, verdict }) => [name, verdict])).toEqual([['tcp', 'no']]);
    expect(report.transports).toEqual([]);
  });
});

describe('the command', () => {
  it('prints a line for each check, what run can measure, and ends with 0', async () => {
    const { url } = await mockForTest({});
    const { code, stdout, stderr } = await callCli(['doctor', url]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.includes(' → '))).toHaveLength(checks.length);
    expect(stdout).toContain(
      'run can measure http, http-keepalive, http-pooled, http-chained, ws-full, ws, ws-warm',
    );
  });

  it('ends with 1 without WebSocket mode; its JSON fits its schema and holds no key', async () => {
    const { url } = await mockForTest({
      apiKey: KEY,
      cache: { maxEntries: 0 },
    });
    const { code, stdout } = await callCli(['doctor', url, '--format', 'json'], {
      env: { OPENAI_API_KEY: KEY },
    });
    expect(code).toBe(1);
    expect(stdout).not.toContain(KEY);
    z.fromJSONSchema(doctorJsonSchema()).parse(JSON.parse(stdout));
    const refused = await callCli(['doctor', url], { env: { OPENAI_API_KEY: 'sk-another-one' } });
    expect(refused.stdout).toMatch(/^no +HTTP with JSON .*status 401/m);
    expect(refused.stdout).not.toContain('sk-another-one');
  });

  it('asks nothing beyond its budget, and nothing at all in a dry run', async () => {
    const { url } = await mockForTest({});
    const { stdout } = await callCli(['doctor', url, '--max-tokens', '20']);
    expect(stdout).toMatch(/tokens are used up/);
    const server = await httpServerForTest(() => undefined);
    const dry = await callCli(['doctor', `http://127.0.0.1:${server.port}/v1`, '--dry-run']);
    expect(dry).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing was sent') as string,
    });
    expect(server.accepted).toBe(0);
  });
});
