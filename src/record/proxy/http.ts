import { type Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { overHttp2, towards, valueOf } from './headers.ts';
import { createHttpTap, type HttpTap } from './http-tap.ts';
import type { Observation } from './observation.ts';
import type { Upstream } from './upstream.ts';

/** Passes requests on, and their answers back, as the bytes come; what is looked at is looked at afterwards. */
export function createHttpForwarder(
  upstream: Upstream,
  observation: Observation,
): (request: IncomingMessage, response: ServerResponse) => void {
  const agents = new WeakMap<Socket, Agent>();

  /** A client's connection has connections of its own, so that what it reuses is reused, and nothing else. */
  function agentOf(socket: Socket): Agent {
    const known = agents.get(socket);
    if (known !== undefined) return known;
    const agent = upstream.agent();
    agents.set(socket, agent);
    observation.connected('http');
    socket.once('close', () => {
      agent.destroy();
    });
    return agent;
  }

  return (incoming, response) => {
    const agent = agentOf(incoming.socket);
    const asks = whatIsAsked(incoming);
    const tap =
      asks && createHttpTap(observation, asks, valueOf(incoming.rawHeaders, 'content-encoding'));
    const outgoing = request({
      agent,
      host: upstream.target.host,
      port: upstream.target.port,
      method: incoming.method,
      path: incoming.url,
      headers: towards(upstream.host, incoming.rawHeaders),
    });
    outgoing.setNoDelay(true);
    carry(incoming, outgoing, (chunk) => tap?.sent(chunk));
    incoming.on('end', () => outgoing.end());
    outgoing.on('response', (answer) => {
      answerWith(answer, response, tap);
    });
    outgoing.on('error', (error: Error) => {
      // A kept connection that the endpoint closed meanwhile: the client, whose own that would be, finds it closed too.
      if (response.headersSent || outgoing.reusedSocket) response.destroy();
      else refuse(response, error);
    });
    response.on('close', () => {
      if (!response.writableFinished) outgoing.destroy();
      tap?.ended();
    });
  };
}

function answerWith(
  answer: IncomingMessage,
  response: ServerResponse,
  tap: HttpTap | undefined,
): void {
  const { statusCode = 502, statusMessage, rawHeaders } = answer;
  response.sendDate = false;
  if (response.req.httpVersionMajor > 1) response.writeHead(statusCode, overHttp2(rawHeaders));
  else response.writeHead(statusCode, statusMessage, rawHeaders);
  response.flushHeaders();
  tap?.answers(
    statusCode,
    valueOf(rawHeaders, 'content-type'),
    valueOf(rawHeaders, 'content-encoding'),
  );
  carry(answer, response, (chunk) => tap?.received(chunk));
  answer.on('end', () => {
    response.end();
    tap?.ended();
  });
  answer.on('close', () => {
    // Broken off: so must the client find it.
    if (!answer.complete) response.destroy();
  });
  answer.on('error', () => response.destroy());
}

/** Bytes as they come; the side that sends waits for the one that takes. */
function carry(from: Readable, to: Writable, look: (chunk: Buffer) => void): void {
  from.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
    look(chunk);
  });
}

function whatIsAsked({ method, url = '' }: IncomingMessage): 'answer' | 'compaction' | undefined {
  if (method !== 'POST') return undefined;
  if (/\/responses\/compact\/?(\?.*)?$/.test(url)) return 'compaction';
  return /\/(responses|chat\/completions)\/?(\?.*)?$/.test(url) ? 'answer' : undefined;
}

/** The endpoint can't be reached. */
function refuse(response: ServerResponse, error: Error): void {
  const message = `record: the endpoint could not be reached (${error.message})`;
  const json = JSON.stringify({ error: { message, type: 'server_error', code: null } });
  response.writeHead(502, { 'content-type': 'application/json' });
  response.end(json);
}
