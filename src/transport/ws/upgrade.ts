import type { IncomingMessage } from 'node:http';
import type { createConnection, Socket } from 'node:net';
import WebSocket from 'ws';
import { TIMING_HEADER } from '../../protocol/server-timing.ts';
import { MAX_ANSWER_BYTES } from '../answer-limit.ts';
import { EndpointFailure } from '../failure.ts';
import { errorReader } from '../http/error-reader.ts';
import { retryHintOf } from '../retry-hint.ts';

/** An upgrade to WebSocket that can be written out before there is a connection. Left alone, it holds nothing. */
export interface Upgrade {
  /** Writes it out ahead, which takes longer than to send it. Never throws: what is wrong with it comes from `over`. */
  readonly prepare: () => void;
  /**
   * Upgrades an open connection.
   * @throws EndpointFailure if the server answers anything but 101 or breaks off, TypeError if a header can't be
   *   written, or the signal's reason.
   */
  over(socket: Socket, signal: AbortSignal): Promise<WebSocket>;
}

/** What ws makes of a request, and what hands it its socket. */
interface Written {
  client: WebSocket;
  connect: (error: null, socket: Socket) => void;
}

/**
 * An upgrade that offers no compression. The server is asked to tell how long it works; one that doesn't know the question
 * ignores it.
 */
export function createUpgrade(
  url: string,
  headers: Readonly<Record<string, string>>,
  protocols: readonly string[] = [],
): Upgrade {
  let written: Written | undefined;

  return {
    prepare() {
      try {
        written = write(url, headers, protocols);
      } catch {
        // `over` tries again and says so.
      }
    },
    async over(socket, signal) {
      const { client, connect } = written ?? write(url, headers, protocols);
      const opened = answerOf(client, socket, signal);
      connect(null, socket);
      return opened;
    },
  };
}

function write(
  url: string,
  headers: Readonly<Record<string, string>>,
  protocols: readonly string[],
): Written {
  let connect: Written['connect'] = () => undefined;
  const client = new WebSocket(url, [...protocols], {
    // Without a socket at once, Node's HTTP client waits for the callback; ws hands both through.
    createConnection: ((_options: unknown, onConnected: Written['connect']) => {
      connect = onConnected;
    }) as unknown as typeof createConnection,
    perMessageDeflate: false,
    maxPayload: MAX_ANSWER_BYTES,
    headers: { [TIMING_HEADER]: 'true', ...headers },
  });
  return { client, connect };
}

/** The client once it is open; any other answer destroys the socket and throws. */
function answerOf(client: WebSocket, socket: Socket, signal: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (reason: Error): void => {
      settle();
      reject(reason);
      client.terminate();
      socket.destroy();
    };
    const onAbort = (): void => {
      fail(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort);
    client.once('open', () => {
      settle();
      resolve(client);
    });
    client.once('unexpected-response', (_request, response: IncomingMessage) => {
      readRefusal(response, fail);
    });
    // Stays on after the upgrade: a socket without an error listener ends the process.
    client.on('error', (cause: NodeJS.ErrnoException) => {
      const code = cause.code ?? 'handshake';
      fail(new EndpointFailure('upgrade_refused', cause.message, { code, cause }));
    });
  });
}

/** How long the words of a refusal may take to come after it. */
const WORDS_WAIT_MS = 300;

/** Its body says why, and whether to wait or to pay; whoever takes long over it goes unheard. */
function readRefusal(response: IncomingMessage, tell: (failure: EndpointFailure) => void): void {
  const { statusCode: status = 0, headers } = response;
  const reader = errorReader(status, headers, 'an upgrade', ({ message, code }) => {
    clearTimeout(timer);
    tell(
      new EndpointFailure('upgrade_refused', `the WebSocket upgrade was refused: ${message}`, {
        status,
        ...(status === 429 && { code }),
        ...retryHintOf(headers),
      }),
    );
  });
  const onEnd = (): void => {
    reader.end();
  };
  // What overlooked the upgrade has no reason to give.
  const timer = setTimeout(onEnd, status < 400 ? 0 : WORDS_WAIT_MS);
  response.once('close', onEnd);
  response.on('data', (chunk: Buffer) => {
    reader.data(chunk);
  });
}
