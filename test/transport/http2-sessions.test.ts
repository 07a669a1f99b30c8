import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { generateCertificate } from '../../src/listen/certificate.ts';
import { createTransport } from '../../src/transport/index.ts';
import type { Endpoint, Transport } from '../../src/transport/transport.ts';
import { answer, endpointAt, exchangeOnce } from '../support/exchange.ts';

type When = 'before' | 'amid' | 'after';

/** An HTTP/2 server that ends the session of its first answer, at some point of it. */
async function endingServer(
  when: When,
  end: (session: ServerHttp2Session) => void,
): Promise<Endpoint> {
  const { cert, key } = await generateCertificate('localhost');
  const lines = answer.map((event) => `data: ${JSON.stringify(event)}\n\n`);
  let requests = 0;
  const server = createSecureServer({ cert, key });
  server.on('session', (session) => {
    session.on('error', () => undefined);
    onTestFinished(() => {
      session.destroy();
    });
  });
  server.on('stream', (stream) => {
    const first = ++requests === 1;
    const { session } = stream;
    const endAt = (point: When): void => {
      if (first && point === when) end(session as ServerHttp2Session);
    };
    stream.on('error', () => undefined);
    stream.resume().once('end', () => {
      endAt('before');
      if (stream.destroyed) return;
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
      stream.write(lines[0]);
      endAt('amid');
      setTimeout(() => {
        if (!stream.destroyed) stream.end(lines.slice(1).join(''));
        setTimeout(() => {
          endAt('after');
        }, 5);
      }, 5);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { ...endpointAt(port), baseUrl: new URL(`https://localhost:${port}/v1`), ca: cert };
}

function open(endpoint: Endpoint): Transport {
  const transport = createTransport('http2', endpoint);
  onTestFinished(() => transport.close());
  return transport;
}

const drain = (session: ServerHttp2Session): void => {
  session.goaway(0);
};
const refuse = (session: ServerHttp2Session): void => {
  session.goaway(11);
};
const cut = (session: ServerHttp2Session): void => {
  session.destroy();
};

it.each<[what: string, when: When, end: (session: ServerHttp2Session) => void]>([
  ['GOAWAY without an error amid an answer', 'amid', drain],
  ['GOAWAY without an error after it', 'after', drain],
  ['GOAWAY with an error after it', 'after', refuse],
])('%s lets it come to its end; the next request dials anew', async (_what, when, end) => {
  const transport = open(await endingServer(when, end));
  expect(await exchangeOnce(transport)).toMatchObject({ events: answer, error: undefined });
  // The server's word about the session may come a moment after its answer.
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await exchangeOnce(transport)).toMatchObject({ events: answer, error: undefined });
  expect(transport.connections).toHaveLength(2);
});

it.each<[what: string, when: When, end: (session: ServerHttp2Session) => void]>([
  ['GOAWAY with an error before an answer', 'before', refuse],
  ['GOAWAY with an error amid an answer', 'amid', refuse],
  ['a session cut off before an answer', 'before', cut],
  ['a session cut off amid an answer', 'amid', cut],
])('%s is the failure of that answer alone', async (_what, when, end) => {
  const transport = open(await endingServer(when, end));
  expect((await exchangeOnce(transport)).error).toMatchObject({
    name: 'EndpointFailure',
    kind: 'closed',
  });
  expect(await exchangeOnce(transport)).toMatchObject({ events: answer, error: undefined });
  expect(transport.connections).toHaveLength(2);
});
