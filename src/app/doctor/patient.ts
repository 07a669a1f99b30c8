import { TLSSocket } from 'node:tls';
import { type Connection, dial } from '../../network/dial.ts';
import { dialTargetOf } from '../../transport/target.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { type HttpAnswer, postOnce } from './http-asker.ts';
import { type AskedSocket, openAskedSocket } from './socket-asker.ts';

/** An endpoint that is being examined, and what was learned of it on the way. */
export interface Patient {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** How long the idle check waits; undefined: it isn't made. */
  readonly idleMs: number | undefined;
  /** How long a message to try; undefined: none. */
  readonly frameBytes: number | undefined;
  /** A connection of its own, closed again; `h2` offers HTTP/2. */
  dialled: (alpn?: 'h2' | 'http/1.1') => Promise<Connection>;
  /** Another one that offers what the first connection was given to resume its TLS session. */
  resumed: () => Promise<Connection>;
  /** A small model call over HTTP. */
  post: (fields: object, below?: string) => Promise<HttpAnswer>;
  /** The answer to one streamed call, asked for once. */
  streamed: () => Promise<HttpAnswer>;
  /** The one socket that most checks go over; another in its place once it has closed. */
  socket: () => Promise<AskedSocket>;
  newSocket: (options?: {
    deflate?: boolean;
    protocols?: readonly string[];
  }) => Promise<AskedSocket>;
  /** How old a socket was when the server said that it was too old. */
  readonly ageLimitMs: number | undefined;
  /** Tokens that were billed so far. */
  readonly tokens: number;
  close(): void;
}

/** Every call is as small as an API takes it. */
const smallest = { input: 'Say hi.', max_output_tokens: 16, store: false };

export function createPatient(
  endpoint: Endpoint,
  {
    model,
    timeoutMs,
    idleMs,
    frameBytes,
    signal,
  }: {
    model: string;
    timeoutMs: number;
    idleMs: number | undefined;
    frameBytes: number | undefined;
    signal: AbortSignal;
  },
): Patient {
  const sockets: AskedSocket[] = [];
  let shared: AskedSocket | undefined;
  let streamed: Promise<HttpAnswer> | undefined;
  let tokens = 0;
  let ageLimitMs: number | undefined;
  const limit = () => AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const count = (billed: number): void => {
    tokens += billed;
  };

  const patient: Patient = {
    ...{ endpoint, model, timeoutMs, idleMs, frameBytes },
    async dialled(alpn = 'http/1.1') {
      const connection = await dial(dialTargetOf(endpoint, alpn), limit());
      connection.socket.on('error', () => undefined).destroy();
      return connection;
    },
    async resumed() {
      const target = dialTargetOf(endpoint, 'http/1.1');
      const first = await dial(target, limit());
      const { socket } = first;
      const session = socket instanceof TLSSocket ? await sessionOf(socket) : undefined;
      const { tls } = target;
      const second = await dial(
        { ...target, ...(tls && session && { tls: { ...tls, session } }) },
        limit(),
      );
      second.socket.on('error', () => undefined).destroy();
      return second;
    },
    async post(fields, below) {
      const body = { model, ...smallest, ...fields };
      const answer = await postOnce(endpoint, body, limit(), below);
      count(answer.tokens);
      return answer;
    },
    streamed: () => (streamed ??= patient.post({ stream: true })),
    async socket() {
      if (shared?.isOpen() !== true) shared = await patient.newSocket();
      return shared;
    },
    async newSocket({ deflate = false, protocols = endpoint.webSocketProtocols ?? [] } = {}) {
      const defaults = { model, ...smallest };
      const socket = await openAskedSocket(endpoint, {
        ...{ deflate, protocols, defaults, count, limit },
        tooOld: (ageMs) => (ageLimitMs ??= ageMs),
      });
      sockets.push(socket);
      return socket;
    },
    get tokens() {
      return tokens;
    },
    get ageLimitMs() {
      return ageLimitMs;
    },
    close() {
      for (const socket of sockets) socket.close();
    },
  };
  return patient;
}

/** How long a ticket to resume may stay away: over TLS 1.3 it follows the handshake. */
const TICKET_MS = 500;

async function sessionOf(socket: TLSSocket): Promise<Buffer | undefined> {
  const session = await new Promise<Buffer | undefined>((resolve) => {
    const timer = setTimeout(() => {
      resolve(socket.getSession());
    }, TICKET_MS);
    socket.once('session', (ticket: Buffer) => {
      clearTimeout(timer);
      resolve(ticket);
    });
    socket.on('error', () => undefined).resume();
  });
  socket.destroy();
  return session;
}
