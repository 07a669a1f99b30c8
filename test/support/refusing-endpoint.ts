import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { listenForTest } from './servers.ts';

/** The JSON of a request or an event. */
export type Body = Record<string, unknown>;

/** What an endpoint was asked for, and with which subprotocols. */
export interface Asked {
  port: number;
  bodies: Body[];
  protocols: (string | undefined)[];
  /** Of requests and upgrades alike. */
  headers: IncomingHttpHeaders[];
}

/** An endpoint over HTTP and WebSocket that refuses some requests, with an error object and its status. */
export async function endpointThatRefuses(
  refusal: (body: Body) => Body | undefined,
  status = 400,
): Promise<Asked> {
  const bodies: Body[] = [];
  const protocols: (string | undefined)[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const answer = (text: string): { error: Body } | { event: Body } => {
    const body = JSON.parse(text) as Body;
    const error = body['model'] === undefined ? { message: 'no model' } : refusal(body);
    if (body['model'] !== undefined) bodies.push(body);
    return error ? { error } : { event: completed(String(bodies.length)) };
  };
  const server = createServer((request, response) => {
    let text = '';
    headers.push(request.headers);
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const said = answer(text);
      const isError = 'error' in said;
      response.writeHead(isError ? status : 200, {
        'content-type': isError ? 'application/json' : 'text/event-stream',
      });
      response.end(isError ? JSON.stringify(said) : `data: ${JSON.stringify(said.event)}\n\n`);
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket: WebSocket, request) => {
    headers.push(request.headers);
    protocols.push(request.headers['sec-websocket-protocol']);
    socket.on('message', (data: Buffer) => {
      const said = answer(data.toString());
      socket.send(
        JSON.stringify('error' in said ? { type: 'error', status, ...said } : said.event),
      );
    });
  });
  const { port } = await listenForTest(server);
  return { port, bodies, protocols, headers };
}

function completed(id: string): Body {
  const content = [{ type: 'output_text', text: 'ok' }];
  const output = [{ id: `msg_${id}`, type: 'message', role: 'assistant', content }];
  return { type: 'response.completed', response: { id: `resp_${id}`, output } };
}
