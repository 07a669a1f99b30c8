import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A WebSocket session that mostly waits. */
export interface IdleSession {
  /** Begins a conversation of that many bytes in all; resolves once its response is complete. */
  begin(contextBytes: number): Promise<void>;
  /** Adds a message to it. */
  continue(messageBytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Connects and upgrades; sends nothing yet. */
export async function openSession(url: string): Promise<IdleSession> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/responses`, {
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  let responseId: string | undefined;

  async function create(input: unknown[]): Promise<void> {
    const previous = responseId === undefined ? {} : { previous_response_id: responseId };
    socket.send(
      JSON.stringify({ type: 'response.create', model: 'idle', store: false, input, ...previous }),
    );
    const { type, response } = await lastEvent(socket);
    if (type !== 'response.completed') throw new Error(`the session got ${type}`);
    responseId = response?.id;
  }

  return {
    begin: (contextBytes) => create(conversationOf(contextBytes)),
    continue: (messageBytes) => create([message(messageBytes)]),
    async close() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

const CALLS = 30;

/** A task, and the calls and outputs of an agent that worked on it. */
function conversationOf(bytes: number): unknown[] {
  const size = bytes / (2 * CALLS + 1);
  const calls = Array.from({ length: CALLS }, (_, call) => [
    {
      type: 'function_call',
      call_id: `call_${crypto.randomUUID()}`,
      name: 'look',
      arguments: JSON.stringify({ at: text(size), call }),
    },
    { type: 'function_call_output', call_id: '', output: text(size) },
  ]);
  for (const [call, output] of calls) if (output) output.call_id = call?.call_id ?? '';
  return [message(size), ...calls.flat()];
}

function message(bytes: number): unknown {
  return { type: 'message', role: 'user', content: text(bytes) };
}

function text(bytes: number): string {
  return 'what an agent reads '.repeat(Math.ceil(bytes / 20)).slice(0, bytes);
}

interface LastEvent {
  type: string;
  response?: { id: string };
}

function lastEvent(socket: WebSocket): Promise<LastEvent> {
  return new Promise((resolve, reject) => {
    const onMessage = (data: Buffer): void => {
      const event = JSON.parse(data.toString()) as LastEvent;
      if (event.type !== 'response.completed' && event.type !== 'error') return;
      socket.off('message', onMessage).off('close', onClose);
      resolve(event);
    };
    const onClose = (): void => {
      reject(new Error('the server closed a session'));
    };
    socket.on('message', onMessage).on('close', onClose);
  });
}
