import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseFaults } from '../../src/mock/fault/spec.ts';
import type { MockOptions } from '../../src/mock/server.ts';
import { connect, type Frame, type RawClient, responseIdOf, startTestMock } from './mock-server.ts';

/*
 * Every error that a client has to tell apart, as the API's documentation and its clients have it: read here with fetch
 * and bare WebSockets, so that nothing of ours stands between the wire and the eye.
 */

interface WireError {
  type: string;
  code: string | null;
  param?: string | null;
  message: RegExp;
}

interface Row {
  why: string;
  /** Starts the server with these faults. */
  fault?: string;
  /** Fields of the create. */
  create: object;
  status: number;
  error: WireError;
}

const invalid = 'invalid_request_error';
const call = { type: 'function_call', call_id: 'call_9', name: 'f', arguments: '{}' };
const answer = { type: 'function_call_output', call_id: 'call_9', output: 'x' };

/** The same over both transports: a body of `{error}` there, a frame of `{type, status, error}` here. */
const onBoth: Row[] = [
  {
    why: 'nobody has the response to continue',
    create: { previous_response_id: 'resp_x', input: [] },
    status: 400,
    error: {
      type: invalid,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
      message: /^Previous response with id 'resp_x' not found\.$/,
    },
  },
  {
    why: 'an output answers no call',
    create: { input: [answer] },
    status: 400,
    error: {
      type: invalid,
      code: null,
      param: 'input',
      message: /^No tool call found for function call output with call_id call_9\.$/,
    },
  },
  {
    why: 'a call is left unanswered',
    create: { input: [call] },
    status: 400,
    error: { type: invalid, code: null, param: 'input', message: /call_9/ },
  },
  {
    why: 'a call has no id',
    create: { input: [{ ...call, call_id: '' }] },
    status: 400,
    error: {
      type: invalid,
      code: 'missing_required_parameter',
      param: 'input[0].call_id',
      message: /^Missing required parameter/,
    },
  },
  {
    why: 'a required field is missing',
    create: { model: undefined },
    status: 400,
    error: {
      type: invalid,
      code: 'missing_required_parameter',
      param: 'model',
      message: /'model'/,
    },
  },
  {
    why: 'a field has the wrong type',
    create: { input: 7 },
    status: 400,
    error: { type: invalid, code: 'invalid_type', param: 'input', message: /'input'/ },
  },
  {
    why: 'two fields contradict each other',
    create: { previous_response_id: 'resp_x', conversation: 'conv_x' },
    status: 400,
    error: {
      type: invalid,
      code: 'mutually_exclusive_parameters',
      param: 'conversation',
      message: /Mutually exclusive/,
    },
  },
  {
    why: 'there is no such model',
    create: { model: 'oracle' },
    status: 404,
    error: { type: invalid, code: 'model_not_found', param: 'model', message: /'oracle'/ },
  },
  {
    why: 'there is no such conversation',
    create: { conversation: 'conv_x' },
    status: 404,
    error: { type: invalid, code: null, param: 'conversation', message: /'conv_x' not found/ },
  },
  {
    why: 'a referenced item is not stored',
    create: { input: [{ type: 'item_reference', id: 'msg_x' }] },
    status: 404,
    error: { type: invalid, code: null, param: 'input', message: /'msg_x' not found/ },
  },
  ...(
    [
      ['400:context_length_exceeded', 400, invalid, 'context_length_exceeded', /context window/],
      ['401', 401, invalid, 'invalid_api_key', /API key/],
      ['401:ip_not_authorized', 401, invalid, 'ip_not_authorized', /IP address/],
      ['403', 403, invalid, 'unsupported_country_region_territory', /not supported/],
      ['409', 409, invalid, null, /409/],
      ['429', 429, 'rate_limit_error', 'rate_limit_exceeded', /Rate limit/],
      ['429:slow_down', 429, 'rate_limit_error', 'slow_down', /Slow down/],
      ...['credit_balance', 'organization_spend_limit', 'project_spend_limit'].map((limit) => {
        const code = `${limit}_${limit === 'credit_balance' ? 'exhausted' : 'exceeded'}`;
        return [
          `429:${code}`,
          429,
          'insufficient_quota',
          code,
          /quota\. Check your plan and billing/,
        ] as const;
      }),
      ['500', 500, 'server_error', 'server_error', /server had an error/],
      ['503', 503, 'service_unavailable_error', 'server_is_overloaded', /overloaded/],
    ] as const
  ).map(([fault, status, type, code, message]) => ({
    why: `the server is told to answer ${fault}`,
    fault,
    create: { input: 'hi' },
    status,
    error: { type, code, param: null, message },
  })),
];

const create = { model: 'greeter', input: 'hi' };
const start = (fault?: string, options: Partial<MockOptions> = {}) =>
  startTestMock({
    ...options,
    ...(fault !== undefined && { fault: { rules: parseFaults(fault, '--fault'), seed: 1 } }),
  });

function expectError(error: unknown, { message, ...fields }: WireError, more: string[] = []): void {
  const got = error as Record<string, unknown>;
  expect(got).toMatchObject(fields);
  expect(got['message']).toMatch(message);
  const keys = ['type', 'code', 'message', ...('param' in fields ? ['param'] : []), ...more];
  expect(Object.keys(got).sort()).toEqual(keys.sort());
}

describe.each(onBoth)('$why', ({ fault, create: fields, status, error }) => {
  it(`HTTP: ${status}, and the connection stays`, async () => {
    const { url } = await start(fault && `${fault}@call1`);
    const post = (body: object) =>
      fetch(`${url}/responses`, { method: 'POST', body: JSON.stringify(body) });
    for (const stream of [false, true]) {
      const response = await post({ ...create, ...fields, stream });
      // The one time that the fault strikes is over.
      if (stream && fault !== undefined) expect(response.status).toBe(200);
      else expect(response.status).toBe(status);
      if (response.status === 200) await response.text();
      else {
        expect(response.headers.get('content-type')).toBe('application/json');
        expect(response.headers.get('connection')).not.toBe('close');
        const body = (await response.json()) as object;
        expect(Object.keys(body)).toEqual(['error']);
        expectError((body as { error: object }).error, error);
      }
    }
  });

  it(`WebSocket: an error frame of status ${status}, and the connection stays`, async () => {
    const { url } = await start(fault && `${fault}@call1`);
    const client = await connect(url);
    const [frame, ...more] = await client.create({ ...create, ...fields });
    expect(more).toEqual([]);
    expect(frame).toMatchObject({ type: 'error', status });
    expect(Object.keys(frame ?? {}).sort()).toEqual(['error', 'status', 'type']);
    expectError(frame?.['error'], error);
    expect((await client.create(create)).at(-1)?.type).toBe('response.completed');
  });

  it('WebSocket: the frame names the lane of its create', async () => {
    const { url } = await start(fault);
    const client = await connect(url);
    const [frame] = await client.create({ ...create, ...fields, stream_id: 'lane' });
    expect(frame).toMatchObject({ type: 'error', status, stream_id: 'lane' });
  });
});

it.each([
  ['429:1500ms', '2', '1500'],
  ['429:slow_down:30s', '30', '30000'],
  ['503:2s', '2', '2000'],
])(
  '%s carries its retry hints: headers there, the same in the frame here',
  async (fault, s, ms) => {
    const { url } = await start(fault);
    const hints = { 'retry-after': s, 'retry-after-ms': ms };
    const body = JSON.stringify(create);
    const response = await fetch(`${url}/responses`, { method: 'POST', body });
    expect(Object.fromEntries(response.headers)).toMatchObject(hints);
    const client = await connect(url);
    const [frame] = await client.create(create);
    expect(frame).toMatchObject({ headers: hints, error: { headers: hints } });
  },
);

describe('over HTTP only', () => {
  it.each<[string, string, string, string | undefined, number, WireError]>([
    [
      'a response that is not stored',
      'GET',
      '/responses/resp_x',
      undefined,
      404,
      { type: invalid, code: null, param: null, message: /'resp_x' not found/ },
    ],
    [
      'a response to delete that is not stored',
      'DELETE',
      '/responses/resp_x',
      undefined,
      404,
      { type: invalid, code: null, param: null, message: /'resp_x' not found/ },
    ],
    [
      'no JSON',
      'POST',
      '/responses',
      '{',
      400,
      { type: invalid, code: 'invalid_json', param: null, message: /not valid JSON/ },
    ],
    [
      'too large a body',
      'POST',
      '/responses',
      'x'.repeat(16 * 1024 ** 2 + 1),
      413,
      { type: invalid, code: null, param: null, message: /at most 16777216 bytes/ },
    ],
    [
      'an unknown path',
      'POST',
      '/nothing',
      '{}',
      404,
      { type: invalid, code: null, param: null, message: /^Unknown request URL/ },
    ],
    [
      'a wrong method',
      'PUT',
      '/responses',
      '{}',
      405,
      { type: invalid, code: null, param: null, message: /^Expected POST/ },
    ],
  ])('%s', async (_, method, path, body, status, error) => {
    const { url } = await start();
    const response = await fetch(`${url}${path}`, { method, ...(body !== undefined && { body }) });
    expect(response.status).toBe(status);
    expectError(((await response.json()) as { error: object }).error, error);
  });

  it.each([
    ['no key', undefined, /^Missing API key/],
    ['a wrong key', 'Bearer sk-wrong', /^Incorrect API key provided/],
  ])('%s: 401, for a request and for an upgrade', async (_, authorization, message) => {
    const { url } = await start(undefined, { apiKey: 'sk-right' });
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const error = { type: invalid, code: 'invalid_api_key', param: null, message };
    const response = await fetch(`${url}/responses`, { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(401);
    expectError(((await response.json()) as { error: object }).error, error);
    const upgrade = await refusedUpgrade(url, headers);
    expect(upgrade.status).toBe(401);
    expectError(upgrade.error, error);
  });
});

/** The answer to an upgrade that is refused. */
async function refusedUpgrade(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/responses`, { headers });
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const { error } = JSON.parse(Buffer.concat(chunks).toString()) as { error: object };
  return { status: response.statusCode, error };
}

describe('over WebSocket only', () => {
  it.each<[string, string, string, WireError]>([
    [
      'a binary frame',
      'binary',
      '{}',
      { type: invalid, code: null, param: null, message: /text frame/ },
    ],
    [
      'no JSON',
      'text',
      '{',
      { type: invalid, code: 'invalid_json', param: null, message: /not valid JSON/ },
    ],
    [
      'no object',
      'text',
      '[]',
      { type: invalid, code: 'invalid_json', param: null, message: /JSON object/ },
    ],
    [
      'a message of another type',
      'text',
      '{"type":"response.dance"}',
      { type: invalid, code: null, param: 'type', message: /response\.create/ },
    ],
    ...['', 'a b', 'ä', 'x'.repeat(257)].map((lane): [string, string, string, WireError] => [
      `the lane ${JSON.stringify(lane.slice(0, 4))} of ${lane.length} characters`,
      'text',
      JSON.stringify({ type: 'response.create', ...create, stream_id: lane }),
      { type: invalid, code: 'invalid_stream_id', param: 'stream_id', message: /256/ },
    ]),
    [
      'a lane that is no string',
      'text',
      JSON.stringify({ type: 'response.create', ...create, stream_id: 7 }),
      { type: invalid, code: 'invalid_stream_id', param: 'stream_id', message: /256/ },
    ],
  ])('%s: 400 without a lane, and the connection stays', async (_, kind, message, error) => {
    const { url } = await start();
    const client = await connect(url);
    client.socket.send(message, { binary: kind === 'binary' });
    const frame = await client.next();
    expect(frame).toMatchObject({ type: 'error', status: 400 });
    expect(frame).not.toHaveProperty('stream_id');
    expectError(frame['error'], error);
    expect((await client.create(create)).at(-1)?.type).toBe('response.completed');
  });

  it('a 33rd lane: refused, those that are known go on', async () => {
    const { url } = await start();
    const client = await connect(url);
    for (let lane = 0; lane < 32; lane++) {
      const frames = await client.create({ ...create, stream_id: `lane-${lane}` });
      expect(frames.at(-1)?.type).toBe('response.completed');
    }
    const [frame] = await client.create({ ...create, stream_id: 'one-more' });
    expect(frame).toMatchObject({ status: 400 });
    expectError(frame?.['error'], {
      type: invalid,
      code: 'websocket_stream_limit_reached',
      param: 'stream_id',
      message: /32 distinct stream ids/,
    });
    for (const lane of [{ stream_id: 'lane-31' }, {}]) {
      const frames = await client.create({ ...create, ...lane });
      expect(frames.at(-1)?.type).toBe('response.completed');
    }
  });

  it('the age limit: an error without param, then the connection closes', async () => {
    const { url } = await start(undefined, { maxAgeMs: 200 });
    const client = await connect(url);
    const closed = once(client.socket, 'close');
    const frame = await client.next();
    expect(Object.keys(frame).sort()).toEqual(['error', 'status', 'type']);
    expect(frame).toMatchObject({ type: 'error', status: 400 });
    expectError(frame['error'], {
      type: invalid,
      code: 'websocket_connection_limit_reached',
      message:
        /^Responses websocket connection limit reached \(0\.2 seconds\)\. Create a new websocket connection to continue\.$/,
    });
    await closed;
  });

  it('the newer words for a lost parent: neither code nor param', async () => {
    const { url } = await start('forget:invalid@call2');
    const client = await connect(url);
    const previous_response_id = responseIdOf(await client.create(create));
    const [frame] = await client.create({ previous_response_id, input: [] });
    expect(frame).toMatchObject({ type: 'error', status: 400 });
    expectError(frame?.['error'], {
      type: invalid,
      code: null,
      message: /^Invalid `previous_response_id`\.$/,
    });
  });

  it('too large a message closes the connection with 1009', async () => {
    const { url } = await start();
    const client = await connect(url);
    client.socket.send('x'.repeat(16 * 1024 ** 2 + 1));
    expect((await once(client.socket, 'close'))[0]).toBe(1009);
  });
});

describe('what a failed continuation does to its parent', () => {
  const first = 'call_greeter_0_0';
  const fits = { input: [{ type: 'function_call_output', call_id: first, output: 'ok' }] };
  const outcome = (frames: readonly Frame[]) => {
    const last = frames.at(-1);
    return last?.type === 'error' ? (last['error'] as { code: unknown }).code : last?.type;
  };

  async function withParent(fault?: string): Promise<[RawClient, string]> {
    const { url } = await start(fault);
    const client = await connect(url);
    return [client, responseIdOf(await client.create({ input: 'hi' }))];
  }

  it.each<[string, object, string | undefined]>([
    ['an output answers no call', { input: [answer] }, undefined],
    ['a call is left unanswered', { input: [] }, undefined],
    ['there is no such model', { ...fits, model: 'oracle' }, undefined],
    ['a field has the wrong type', { input: 7 }, undefined],
    ['the server refuses with 429', fits, '429@call2'],
    ['the server refuses with 503', fits, '503@call2'],
    ['the response fails on its way', fits, 'fail@call2'],
  ])('%s: the same lane evicts it', async (_, wrong, fault) => {
    const [client, previous_response_id] = await withParent(fault);
    client.send({ type: 'response.create', model: 'greeter', previous_response_id, ...wrong });
    for (;;) {
      const { type } = await client.next();
      if (type === 'error' || type === 'response.failed') break;
    }
    const again = await client.create({ previous_response_id, ...fits });
    expect(outcome(again)).toBe('previous_response_not_found');
  });

  it('from another lane it stays', async () => {
    const [client, previous_response_id] = await withParent();
    await client.create({ previous_response_id, input: [answer], stream_id: 'fork' });
    const again = await client.create({ previous_response_id, ...fits });
    expect(outcome(again)).toBe('response.completed');
  });

  it('over HTTP a stored one stays', async () => {
    const { url } = await start();
    const post = (fields: object) =>
      fetch(`${url}/responses`, {
        method: 'POST',
        body: JSON.stringify({ ...create, store: true, ...fields }),
      });
    const { id } = (await (await post({})).json()) as { id: string };
    expect((await post({ previous_response_id: id, input: [answer] })).status).toBe(400);
    expect((await post({ previous_response_id: id, ...fits })).status).toBe(200);
  });
});
