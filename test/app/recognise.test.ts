import { describe, expect, it } from 'vitest';
import { movedTo, otherPaths } from '../../src/app/endpoint/other-addresses.ts';
import { type Recognition, recognise } from '../../src/app/endpoint/recognise.ts';
import { requestPath } from '../../src/transport/target.ts';

type Row = [
  who: string,
  status: number,
  type: string | undefined,
  body: unknown,
  headers?: Record<string, string>,
];

function recognised([, status, type, body, headers = {}]: Row): Recognition {
  return recognise({
    status,
    headers: { ...headers, ...(type !== undefined && { 'content-type': type }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const json = 'application/json';
const error = (message: string, more = {}) => ({ error: { message, ...more } });

describe('a wish for a client’s certificate is recognised by', () => {
  it.each<Row>([
    [
      'the page of nginx for none',
      400,
      'text/html',
      '<title>400 No required SSL certificate was sent</title>',
    ],
    ['the page of nginx for another', 400, 'text/html', '<title>The SSL certificate error</title>'],
    ['a status of its own', 496, undefined, ''],
    ['a gateway', 403, json, error('a client certificate is required')],
  ])('%s', (...row) => {
    expect(recognised(row)).toMatchObject({ kind: 'refused', why: 'certificate' });
  });
});

describe('a Responses API is recognised by', () => {
  it.each<Row>([
    ['a response object', 200, json, { object: 'response', id: 'resp_1' }],
    ['an event stream', 200, 'text/event-stream', ': hi\n\n'],
    ['an event stream without a header', 200, undefined, 'data: {}\n\n'],
    ['an event stream of another name', 200, 'text/plain', 'event: response.created\ndata: {}\n\n'],
    ['the error of OpenAI', 400, json, error("Missing required parameter: 'model'.")],
    ['an unknown model', 404, json, error('model "" not found', { code: null })],
    [
      'a deployment that is missing',
      404,
      json,
      error('The API deployment for this resource does not exist.', { code: 'DeploymentNotFound' }),
    ],
    [
      'a fixture that is missing',
      404,
      json,
      error('No fixture matched', { code: 'no_fixture_match' }),
    ],
    ['a code that is a number', 404, json, error('The model `` does not exist.', { code: 404 })],
    [
      'the detail of FastAPI',
      422,
      json,
      { detail: [{ loc: ['body', 'input'], msg: 'Field required' }] },
    ],
    ['an error inside 200', 200, json, error('No models provided', { code: 400 })],
    ['an error that is a text', 400, json, { error: 'model is required' }],
    [
      'an error that is an object of its own',
      400,
      json,
      { object: 'error', message: 'x', code: 40001 },
    ],
    ['an error in a list', 400, json, [error('x')]],
    ['a limit', 429, undefined, ''],
    ['a failure that may pass', 503, 'text/html', '<html>'],
  ])('%s', (...row) => {
    expect(recognised(row)).toEqual({ kind: 'responses' });
  });
});

describe('no Responses API is', () => {
  it.each<Row>([
    ['a web site', 200, 'text/html', '<title>Welcome</title>'],
    ['something else in JSON', 200, json, { hello: 'world' }],
    ['a path that nobody serves', 404, 'text/plain', '404 page not found'],
    ['a path that FastAPI does not know', 404, json, { detail: 'Not Found' }],
    ['a path that Azure does not know', 404, json, error('Resource not found', { code: '404' })],
    [
      'a path that OpenAI does not know',
      404,
      json,
      error('Unknown request URL: POST /v2/responses.'),
    ],
    ['a path of another version', 404, json, error('Invalid URL (POST /v2/responses)')],
    ['another method', 405, json, error('Method Not Allowed')],
    ['a redirect that drops the body', 302, undefined, '', { location: 'https://a.example/' }],
    ['a redirect to nowhere', 308, undefined, ''],
  ])('%s', (...row) => {
    expect(recognised(row).kind).toBe('elsewhere');
  });
});

it.each<[...Row, why: string]>([
  ['a key that is missing', 401, json, error('Missing bearer'), {}, 'credentials'],
  [
    'a scope that is missing',
    401,
    json,
    error('Missing scopes: api.responses.write.'),
    {},
    'credentials',
  ],
  [
    'a country',
    403,
    json,
    error('Country, region, or territory not supported', {
      code: 'unsupported_country_region_territory',
    }),
    {},
    'region',
  ],
  [
    'a challenge',
    403,
    'text/html',
    '<title>Just a moment...</title>',
    { 'cf-mitigated': 'challenge' },
    'challenge',
  ],
  [
    'a block page',
    403,
    'text/html',
    '<title>Attention Required!</title>',
    { server: 'cloudflare' },
    'challenge',
  ],
])('%s keeps us out', (who, status, type, body, headers = {}, why) => {
  expect(recognised([who, status, type, body, headers])).toMatchObject({ kind: 'refused', why });
});

it('the endpoint’s own words are told', () => {
  const said = recognised(['', 404, json, error('Resource not found')]);
  expect(said).toEqual({
    kind: 'elsewhere',
    said: 'status 404, application/json: Resource not found',
  });
});

describe('a redirect', () => {
  const endpoint = {
    baseUrl: new URL('https://a.example/v1?api-version=2'),
    headers: { authorization: 'Bearer secret', 'x-key': 'secret', 'user-agent': 'us' },
    insecure: false,
  };

  it('keeps the headers on the same host', () => {
    const moved = movedTo(endpoint, '/v2/responses?api-version=2');
    expect(moved?.baseUrl.href).toBe('https://a.example/v2?api-version=2');
    expect(moved?.headers).toEqual(endpoint.headers);
  });

  it('keeps the slash that it asks for', () => {
    const moved = movedTo(endpoint, '/v1/responses/') ?? expect.fail('leads nowhere');
    expect(requestPath(moved)).toBe('/v1/responses/');
    expect(requestPath(moved, '/compact')).toBe('/v1/responses/compact');
    const back = movedTo(moved, '/v1/responses') ?? expect.fail('leads nowhere');
    expect(requestPath(back)).toBe('/v1/responses');
  });

  it.each([
    ['another host', 'https://b.example/v1/responses'],
    ['another port', 'https://a.example:8443/v1/responses'],
    ['the same host without TLS', 'http://a.example/v1/responses'],
  ])('gives no key to %s', (_where, location) => {
    expect(movedTo(endpoint, location)?.headers).toEqual({ 'user-agent': 'us' });
  });

  it.each(['https://a.example/login', 'ftp://a.example/responses', 'https://'])(
    'to %s leads nowhere',
    (location) => {
      expect(movedTo(endpoint, location)).toBeUndefined();
    },
  );
});

it.each([
  ['a whole address pasted', 'https://a.example/v1/responses', 'https://a.example/v1'],
  ['the same with a slash', 'https://a.example/v1/responses/', 'https://a.example/v1'],
  ['only a host', 'https://a.example', 'https://a.example/v1'],
  ['a path before the version', 'https://a.example/openai/', 'https://a.example/openai/v1'],
])('%s may have meant another path', (_what, given, meant) => {
  expect(otherPaths(new URL(given)).map(String)).toEqual([meant]);
});
