import { expect, it } from 'vitest';
import { createHostCheck, isLoopback } from '../../src/mock/wire/host.ts';
import { connect, startTestMock } from './mock-server.ts';
import { rawConnect } from './raw-frames.ts';

/** The status that a request of these headers is refused with. */
function statusOf(headers: Record<string, string>, host: string, allowed?: string[]) {
  const rawHeaders = Object.entries(headers).flat();
  const request = { headers, rawHeaders } as unknown as Parameters<
    ReturnType<typeof createHostCheck>
  >[0];
  return createHostCheck(host, allowed)(request)?.status;
}

const page = 'http://app.example:3000';

it.each<[string, Record<string, string>, string, string[] | undefined, number | undefined]>([
  ['its own address', { host: '127.0.0.1:8787' }, '127.0.0.1', undefined, undefined],
  ['its own name', { host: 'LocalHost' }, '127.0.0.1', undefined, undefined],
  ['its own IPv6 address', { host: '[::1]:1' }, '127.0.0.1', undefined, undefined],
  ['no host, as HTTP/1.0 has it', {}, '::1', undefined, undefined],
  ['an authority of HTTP/2', { ':authority': 'evil.example' }, '127.0.0.1', undefined, 403],
  ['a foreign host', { host: 'evil.example:8787' }, '127.0.0.1', undefined, 403],
  ['one that only begins as its own', { host: '127.0.0.1.evil.example' }, '::1', undefined, 403],
  [
    'a page of its own',
    { host: 'localhost', origin: 'http://localhost:3000' },
    '::1',
    undefined,
    undefined,
  ],
  ['a foreign page', { host: 'localhost', origin: page }, '127.0.0.1', undefined, 403],
  ['a page of no origin', { host: 'localhost', origin: 'null' }, '127.0.0.1', undefined, 403],
  ['an allowed page', { host: 'localhost', origin: page }, '127.0.0.1', [page], undefined],
  ['the host of an allowed page', { host: 'app.example' }, '127.0.0.1', [page], undefined],
  [
    'another port of an allowed page',
    { host: '::1', origin: 'http://app.example' },
    '::1',
    [page],
    403,
  ],
  ['anything, if all may', { host: 'a', origin: 'http://b' }, '127.0.0.1', ['*'], undefined],
  [
    'anything, if neighbours may',
    { host: 'a', origin: 'http://b' },
    '0.0.0.0',
    undefined,
    undefined,
  ],
])('%s', (_, headers, host, allowed, status) => {
  expect(statusOf(headers, host, allowed)).toBe(status);
});

it.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.example', false],
  ['notlocalhost', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

it('says why, and what to do, for requests and upgrades', async () => {
  const { url } = await startTestMock();
  const response = await fetch(`${url}/responses`, { method: 'POST', headers: { origin: page } });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain(`--allow-origin ${page}`);
  await expect(connect(url, { origin: page })).rejects.toThrow('403');
  const open = await startTestMock({ allowOrigin: [page] });
  await connect(open.url, { origin: page });
});

it('a request with two hosts: 400', async () => {
  const { port } = await startTestMock();
  const client = rawConnect(port);
  client.socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n');
  await expect.poll(client.received).toMatch(/^HTTP\/1\.1 400 /);
});

it.each<[string, string, RegExp]>([
  ['as soon as its length is told', 'content-length: 70000000\r\n\r\n', /^HTTP\/1\.1 413 /],
  [
    'and not asked for',
    'content-length: 70000000\r\nexpect: 100-continue\r\n\r\n',
    /^HTTP\/1\.1 413 /,
  ],
  ['a shorter one is', 'content-length: 2\r\nexpect: 100-continue\r\n\r\n', /^HTTP\/1\.1 100 /],
  [
    'as soon as its length shows',
    `transfer-encoding: chunked\r\n\r\n1000001\r\n${' '.repeat(0x1000001)}`,
    /^HTTP\/1\.1 413 /,
  ],
])('too long a body is refused %s', async (_, rest, answer) => {
  const { port } = await startTestMock();
  const client = rawConnect(port);
  client.socket.write(`POST /v1/responses HTTP/1.1\r\nhost: localhost\r\n${rest}`);
  await expect.poll(client.received, { timeout: 4000 }).toMatch(answer);
});

it('lists its models', async () => {
  const { url } = await startTestMock();
  const { data } = (await (await fetch(`${url}/models`)).json()) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toEqual(['greeter', 'tool-loop']);
});
