import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { UsageError } from '../../src/errors.ts';
import { generateCertificate } from '../../src/listen/certificate.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { startMock } from '../../src/mock/server.ts';
import { connect, startTestMock } from './mock-server.ts';

/** Status of a create over HTTPS that trusts only `ca`. */
async function statusOverTls(url: string, ca: string | undefined): Promise<number | undefined> {
  const call = request(`${url}/responses`, { method: 'POST', agent: false, ...(ca && { ca }) });
  call.end('{"model":"greeter","input":"hi"}');
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('TLS', () => {
  it.each(['127.0.0.1', 'localhost'])('verifies with the mock’s own CA as %s', async (name) => {
    const { url, ca } = await startTestMock({ tls: { kind: 'generated' } });
    expect(url).toMatch(/^https:/);
    expect(await statusOverTls(url.replace('127.0.0.1', name), ca)).toBe(200);
  });

  it('fails verification without it', async () => {
    const { url } = await startTestMock({ tls: { kind: 'generated' } });
    await expect(statusOverTls(url, undefined)).rejects.toThrow(/self-signed/);
  });

  it('carries WebSocket too', async () => {
    const { url, ca } = await startTestMock({ tls: { kind: 'generated' } });
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/responses`, { ca });
    await once(socket, 'open');
    socket.send('{"type":"response.create","model":"greeter"}');
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(data.toString()).toContain('response.created');
    socket.terminate();
  });

  it('takes a certificate from outside', async () => {
    const { cert, key } = await generateCertificate('127.0.0.1');
    const mock = await startTestMock({ tls: { kind: 'files', cert, key } });
    expect(mock.ca).toBeUndefined();
    expect(await statusOverTls(mock.url, cert)).toBe(200);
  });
});

describe('what the user got wrong', () => {
  const options = { host: '127.0.0.1', port: 0, scripts: [], profile: profiles.instant };

  it('a certificate that is none', async () => {
    const start = startMock({ ...options, tls: { kind: 'files', cert: 'none', key: 'none' } });
    await expect(start).rejects.toThrow(UsageError);
  });

  it('a port that is taken', async () => {
    const { port } = await startTestMock();
    const start = startMock({ ...options, port, tls: { kind: 'off' } });
    await expect(start).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: the port is taken`);
    await expect(start).rejects.toThrow(UsageError);
  });

  it('an address of another machine', async () => {
    const start = startMock({ ...options, host: '192.0.2.1', tls: { kind: 'off' } });
    await expect(start).rejects.toThrow(UsageError);
  });
});

it('no token comes before its time, on the wire either', async () => {
  const profile = {
    ...profiles.fast,
    prefill: { fixedMs: 20, source: 'assumed: test' },
    decode: { tokensPerSecond: 400, source: 'assumed: test' },
  };
  const { url } = await startTestMock({ profile, script: { kind: 'tool-loop', calls: 0 } });
  const client = await connect(url);
  const sentAt = performance.now();
  client.send({ type: 'response.create', model: 'm', input: 'hi' });
  const arrivedMs: number[] = [];
  for (;;) {
    const { type } = await client.next();
    if (type.endsWith('.delta')) arrivedMs.push(performance.now() - sentAt);
    if (type === 'response.completed') break;
  }
  expect(arrivedMs).toHaveLength(Math.ceil('Done after 0 tool outputs.'.length / 4));
  for (const [token, ms] of arrivedMs.entries())
    expect(ms).toBeGreaterThanOrEqual(20 + token * 2.5);
});

it('close drops every connection and frees the port', async () => {
  const mock = await startTestMock();
  const client = await connect(mock.url);
  const closed = once(client.socket, 'close');
  await mock.close();
  await closed;
  const again = await startTestMock({ port: mock.port });
  expect(again.port).toBe(mock.port);
});
