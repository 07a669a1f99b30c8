import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import WebSocket, { WebSocketServer } from 'ws';
import { listenForTest } from './servers.ts';

/** One request to a model as it passed. */
export interface WitnessedRequest {
  /** Of its body, or its message. */
  bytes: number;
  isWarmUp: boolean;
  /** When it passed, and the terminal event of its answer did, in ms on this process's clock. */
  startMs: number;
  endMs: number;
}

/** An independent witness between an agent and an endpoint, which reads bodies and messages with Node's HTTP and ws. */
export interface WireWitness {
  /** What the agent is given for its base URL. */
  url: string;
  readonly requests: WitnessedRequest[];
}

/** A witness in front of a base URL, which ends with the test file. */
export async function wireWitnessForTest(target: string): Promise<WireWitness> {
  const base = new URL(target);
  const requests: WitnessedRequest[] = [];

  function begins(text: string | Buffer): WitnessedRequest {
    const seen = {
      bytes: Buffer.byteLength(text),
      isWarmUp: text.includes('"generate":false'),
      startMs: performance.now(),
      endMs: NaN,
    };
    requests.push(seen);
    return seen;
  }

  const server = createServer((incoming, response) => {
    forward(incoming, response, base, begins);
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (client, { url, headers }) => {
    const upstream = new WebSocket(`ws://${base.host}${url ?? ''}`, {
      headers: { authorization: headers.authorization },
    });
    const early: string[] = [];
    let underWay: WitnessedRequest | undefined;
    upstream.on('open', () => {
      for (const text of early.splice(0)) upstream.send(text);
    });
    client.on('message', (data: Buffer) => {
      const text = data.toString();
      underWay = begins(text);
      if (upstream.readyState === WebSocket.OPEN) upstream.send(text);
      else early.push(text);
    });
    upstream.on('message', (data: Buffer) => {
      if (underWay !== undefined && data.includes(TERMINAL)) underWay.endMs = performance.now();
      client.send(data.toString());
    });
    client.on('close', () => {
      upstream.close();
    });
    upstream.on('close', () => {
      client.close();
    });
    upstream.on('error', () => {
      client.terminate();
    });
  });
  const { port } = await listenForTest(server);
  return { url: `http://127.0.0.1:${port}${base.pathname}`, requests };
}

const TERMINAL = '"type":"response.completed"';

function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  { hostname, port, host }: URL,
  begins: (body: Buffer) => WitnessedRequest,
): void {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const body = Buffer.concat(chunks);
    const seen = incoming.method === 'POST' ? begins(body) : undefined;
    const outgoing = request({
      ...{ hostname, port, method: incoming.method, path: incoming.url },
      headers: { ...incoming.headers, host },
    });
    outgoing.on('error', () => response.destroy());
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk: Buffer) => {
        if (seen !== undefined && chunk.includes(TERMINAL)) seen.endMs = performance.now();
        response.write(chunk);
      });
      answer.on('end', () => {
        if (seen !== undefined && Number.isNaN(seen.endMs)) seen.endMs = performance.now();
        response.end();
      });
    });
    outgoing.end(body);
  });
}
