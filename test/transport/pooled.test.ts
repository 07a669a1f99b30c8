import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTransport } from '../../src/transport/index.ts';
import { streamOf } from '../support/bent-server.ts';
import { atEnd } from '../support/cleanup.ts';
import { answer, endpointAt, exchangeOnce } from '../support/exchange.ts';
import { listenForTest, sendStream } from '../support/servers.ts';

/** The 4 s of the pool, and what its coarse timers add. */
const PAUSE_MS = 6_000;

describe('a pause between two calls', () => {
  it.each([
    { name: 'http-keepalive', connections: 1 },
    { name: 'http-pooled', connections: 2 },
  ] as const)('leaves $name with $connections', async ({ name, connections }) => {
    const patient = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
      sendStream(response, streamOf(answer));
    });
    const server = await listenForTest(patient);
    const transport = createTransport(name, endpointAt(server.port));
    atEnd(() => transport.close());
    await exchangeOnce(transport);
    await exchangeOnce(transport);
    expect(transport.connections).toHaveLength(1);
    await sleep(PAUSE_MS);
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(transport.connections).toHaveLength(connections);
  });
});
