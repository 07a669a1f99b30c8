import type { ServerResponse } from 'node:http';
import type { ErrorBody } from '../../protocol/errors.ts';
import { isRefusal, type Refusal } from '../wire/refusal.ts';

/** The answer to a request. */
export type Answer = Json | Text | Stream | Refusal;

interface Json {
  kind: 'json';
  value: object;
}

/** A body that is ready. */
interface Text {
  kind: 'text';
  contentType: string;
  text: string;
}

/** A body that comes as it falls due. */
interface Stream {
  kind: 'stream';
  /** Takes the response over. */
  start(response: ServerResponse): void;
}

/** A value as an answer; a refusal is one already. */
export function jsonAnswer(value: object | Refusal): Json | Refusal {
  return isRefusal(value) ? value : { kind: 'json', value };
}

/** JSON that is text already. */
export function jsonTextAnswer(text: string): Text {
  return { kind: 'text', contentType: JSON_TYPE, text };
}

/** The sending of an answer; a stream goes on by itself. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (isRefusal(answer)) {
    sendRefusal(response, answer);
    return;
  }
  switch (answer.kind) {
    case 'json':
      sendJson(response, 200, JSON.stringify(answer.value));
      return;
    case 'text':
      send(response, 200, answer.contentType, answer.text);
      return;
    case 'stream':
      answer.start(response);
  }
}

/** The sending of one JSON body, with which the response ends. */
export function sendJson(response: ServerResponse, status: number, json: string): void {
  send(response, status, JSON_TYPE, json);
}

const JSON_TYPE = 'application/json';

/** The error body of a refusal, with its hints as headers. */
function sendRefusal(response: ServerResponse, { status, error, headers }: Refusal): void {
  const body: ErrorBody = { error };
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  sendJson(response, status, JSON.stringify(body));
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
