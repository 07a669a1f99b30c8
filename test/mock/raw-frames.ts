import { connect as dial, type Socket } from 'node:net';
import { connect as dialTls } from 'node:tls';
import { atEnd } from '../support/cleanup.ts';

/** An upgrade as bytes, for clients that then do what no library would let them do. */
export const UPGRADE =
  'GET /v1/responses HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
  'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** One frame as a client sends it (RFC 6455, section 5.2); masked with zeros, so the payload stays as it is. */
export function clientFrame(
  payload: string | Buffer,
  { opcode = opcodes.text, fin = true }: { opcode?: number; fin?: boolean } = {},
): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(body.length < 126 ? 6 : body.length < 65_536 ? 8 : 14);
  head[0] = (fin ? 0x80 : 0) | opcode;
  if (body.length < 126) head[1] = 0x80 | body.length;
  else if (body.length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(body.length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body]);
}

/** A create over HTTP as bytes. */
export function rawPost(body: object): string {
  const json = JSON.stringify(body);
  return `POST /v1/responses HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}

/** A bare connection, and all that it got. */
export interface RawConnection {
  socket: Socket;
  received: () => string;
  /** How the server ended it: an orderly end, or the code of an error. */
  over: Promise<string>;
}

/** Connects with or without TLS; goes when the test ends. */
export function rawConnect(port: number, { tls = false } = {}): RawConnection {
  const socket = tls
    ? dialTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
    : dial(port, '127.0.0.1');
  atEnd(() => {
    socket.destroy();
  });
  let text = '';
  let end = 'closed';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  const over = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end = error.code ?? error.message;
    });
    socket.on('end', () => {
      end = 'ended';
    });
    socket.on('close', () => {
      resolve(end);
    });
  });
  return { socket, received: () => text, over };
}
