import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { type MockOptions, type RunningMock, startMock } from '../../src/mock/server.ts';
import type { Script, Turn } from '../../src/scenario/script.ts';

/** A script of the given turns, under the name `greeter`. */
export function scriptOf(turns: Turn[], name = 'greeter'): Script {
  return { name, description: '', seed: 1, sha256: '', tools: [], turns };
}

/** Three model turns: thoughts and a call, two calls at once, a text. */
export const greeter = scriptOf([
  {
    toolResults: [],
    user: 'Greet the world.',
    model: { reasoning: 'Look first.', calls: [{ name: 'look', arguments: '{"at":"world"}' }] },
  },
  {
    toolResults: [{ output: 'a world', timeMs: 0 }],
    model: {
      calls: [
        { name: 'look', arguments: '{"at":"map"}' },
        { name: 'wave', arguments: '{}' },
      ],
    },
  },
  {
    toolResults: [
      { output: 'a map', timeMs: 0 },
      { output: 'waved', timeMs: 0 },
    ],
    model: { text: 'Hello, wörld!', calls: [] },
  },
]);

/** A mock on a free port, without TLS and without delay unless told; closed when the test ends. */
export async function startTestMock(options: Partial<MockOptions> = {}): Promise<RunningMock> {
  const mock = await startMock({
    host: '127.0.0.1',
    port: 0,
    tls: { kind: 'off' },
    scripts: [greeter],
    profile: profiles.instant,
    ...options,
  });
  onTestFinished(() => mock.close());
  return mock;
}

export type Frame = Record<string, unknown> & { type: string };

/** A bare WebSocket client, one that may also misbehave. */
export interface RawClient {
  socket: WebSocket;
  send(frame: unknown): void;
  /** The next frame that comes in. */
  next(): Promise<Frame>;
  /** Sends a create; all frames up to its terminal event or error. */
  create: (fields: object) => Promise<Frame[]>;
}

/** Connects to a mock's WebSocket. */
export async function connect(
  url: string,
  headers: Record<string, string> = {},
): Promise<RawClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/responses`, { headers });
  onTestFinished(() => {
    socket.terminate();
  });
  const arrived: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Frame;
    const wake = waiting.shift();
    if (wake === undefined) arrived.push(frame);
    else wake(frame);
  });
  await once(socket, 'open');

  const next = (): Promise<Frame> => {
    const frame = arrived.shift();
    return frame === undefined ? new Promise((wake) => waiting.push(wake)) : Promise.resolve(frame);
  };
  const send = (frame: unknown): void => {
    socket.send(JSON.stringify(frame));
  };
  return {
    socket,
    send,
    next,
    async create(fields) {
      send({ type: 'response.create', model: 'greeter', store: false, ...fields });
      const frames: Frame[] = [];
      for (;;) {
        const frame = await next();
        frames.push(frame);
        if (frame.type === 'response.completed' || frame.type === 'error') return frames;
      }
    },
  };
}

/** The id of the response that a list of frames ends with. */
export function responseIdOf(frames: readonly Frame[]): string {
  return (frames.at(-1)?.['response'] as { id: string }).id;
}
