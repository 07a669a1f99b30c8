import type { RequestListener, Server } from 'node:http';
import { constants, createServer as createHttp2Server } from 'node:http2';
import { createServer, type Server as TlsServer } from 'node:tls';
import { UsageError } from '../errors.ts';
import type { Certificate } from './certificate.ts';
import { continueUnlessTooLong } from './expect-continue.ts';
import {
  type ListenerLimits,
  MAX_BODY_BYTES,
  MAX_HEADER_BYTES,
  MAX_HTTP2_STREAMS,
} from './limits.ts';
import { rememberTcpSockets } from './reset-connection.ts';

/**
 * A TLS server in front of an HTTP/1 server, with HTTP/2 for clients that ask for it. Node's own server for both
 * wouldn't hold HTTP/1 clients to any time limit for their requests.
 *
 * @throws UsageError if the certificate isn't usable
 */
export function overTls(
  { cert, key }: Certificate,
  http: Server,
  limits: ListenerLimits,
  onRequest: RequestListener,
): TlsServer {
  const http2 = createHttp2Front(limits, onRequest);
  // It never listens itself, and watches its connections only from this event on.
  http.emit('listening');
  const tls = createTlsServer({ cert, key }, limits);
  rememberTcpSockets(tls);
  tls.on('secureConnection', (socket) => {
    (socket.alpnProtocol === 'h2' ? http2 : http).emit('connection', socket);
  });
  // A handshake that takes too long is such an error too; Node leaves the socket to us.
  tls.on('tlsClientError', (_, socket) => socket.destroy());
  tls.on('close', () => http.close());
  return tls;
}

function createTlsServer({ cert, key }: Certificate, limits: ListenerLimits): TlsServer {
  try {
    return createServer({
      cert,
      key,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: limits.headersTimeoutMs,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `TLS: expected a certificate and its private key as PEM text, which fit together: ${reason}`,
      { cause },
    );
  }
}

/**
 * Flow control of HTTP/2 lets the longest request through: with Node's windows of 64 KB, longer ones would wait for a round
 * trip that servers with larger windows don't ask for.
 */
function createHttp2Front(
  { keepAliveTimeoutMs, requestTimeoutMs }: ListenerLimits,
  onRequest: RequestListener,
) {
  const server = createHttp2Server({
    settings: {
      initialWindowSize: MAX_BODY_BYTES,
      maxConcurrentStreams: MAX_HTTP2_STREAMS,
      maxHeaderListSize: MAX_HEADER_BYTES,
    },
  });
  server.on('session', (session) => {
    session.setLocalWindowSize(MAX_BODY_BYTES);
    session.setTimeout(keepAliveTimeoutMs, () => {
      session.destroy();
    });
    // A client that breaks the protocol loses its session; nobody else needs to know.
    session.on('error', () => undefined);
  });
  server.on('stream', (stream) => {
    const timer = setTimeout(() => {
      stream.close(constants.NGHTTP2_CANCEL);
    }, requestTimeoutMs).unref();
    const done = (): void => {
      clearTimeout(timer);
    };
    stream.once('end', done).once('close', done);
  });
  // Node's HTTP/2 requests and responses can be used as those of HTTP/1; only the types say otherwise.
  type Http2Listener = (...args: unknown[]) => void;
  server.on('checkContinue', continueUnlessTooLong(onRequest) as Http2Listener);
  return server.on('request', onRequest as Http2Listener);
}
