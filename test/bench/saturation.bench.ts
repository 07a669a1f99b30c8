import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createParser } from 'eventsource-parser';
import { Client } from 'undici';
import WebSocket from 'ws';
import { runSession } from '../../dist/runner/session.js';
import { createTransport, transports } from '../../dist/transport/index.js';
import type { Script } from '../../src/scenario/script.ts';
import { median } from '../../src/stats/percentile.ts';
import type { Benchmark, Comparison } from './benchmark.ts';
import { record } from './recording.ts';

const SESSIONS = 64;
const STEPS = 40;
const PAIRS = Number(process.env['PAIRS'] ?? 7);
const WARM_UP_PAIRS = 2;

const arms = ['ws', 'http-keepalive'] as const;
export type Arm = (typeof arms)[number];

const cases = [
  { deltas: 1, what: '7 events', bounds: { ws: 1.5, 'http-keepalive': 1.25 } },
  { deltas: 200, what: '206 events', bounds: { ws: 1.3, 'http-keepalive': 1.3 } },
];

/** What a step costs our process where many sessions leave it no time to rest. */
export const benchmark: Benchmark = {
  title: 'Saturation',
  note: `processor time of the client's process for a step, ${SESSIONS} sessions of ${STEPS} steps at once, ${PAIRS} times each in turn; bare: JSON.stringify of the same requests, ws or undici dispatch with eventsource-parser, JSON.parse of every event`,
  async run() {
    const comparisons: Comparison[] = [];
    for (const { deltas, what, bounds } of cases) {
      for (const arm of arms) {
        const { ours, bare } = await measure(arm, deltas);
        comparisons.push({
          ...{ what: `${arm}: a step of ${what}`, ours, bare, samples: PAIRS },
          ...{ bound: bounds[arm] },
        });
      }
    }
    return comparisons;
  },
};

/** What our session sent, step by step. */
type Requests = readonly object[];

/** Milliseconds of processor time a step. */
async function measure(arm: Arm, deltas: number): Promise<{ ours: number; bare: number }> {
  const server = fork(new URL('canned-server.ts', import.meta.url), [String(deltas)]);
  try {
    const [{ url }] = (await once(server, 'message')) as [{ url: string }];
    const recording = await record(url, (to) => ourSession(arm, to));
    const requests = recording.map((body) => JSON.parse(body) as object);
    const bareSession = arm === 'ws' ? bareWebSocket : bareHttp;
    const cost = { ours: [] as number[], bare: [] as number[] };
    for (let pair = 0; pair < WARM_UP_PAIRS + PAIRS; pair++) {
      const both = [
        async () => cost.ours.push(await costOf(() => ourSession(arm, url))),
        async () => cost.bare.push(await costOf(() => bareSession(url, requests))),
      ];
      for (const side of pair % 2 === 0 ? both : both.toReversed()) await side();
    }
    return {
      ours: median(cost.ours.slice(WARM_UP_PAIRS)) ?? NaN,
      bare: median(cost.bare.slice(WARM_UP_PAIRS)) ?? NaN,
    };
  } finally {
    server.disconnect();
  }
}

async function costOf(session: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: SESSIONS }, session));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (SESSIONS * STEPS);
}

const script: Script = {
  ...{ name: 'small', description: 'Small steps.', seed: 1, sha256: '' },
  tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: {}, strict: false }],
  turns: Array.from({ length: STEPS }, (_, index) => ({
    ...(index === 0
      ? { user: 'Look at the files.', toolResults: [] }
      : { toolResults: [{ output: 'nothing', timeMs: 0 }] }),
    model: { calls: [{ name: 'look', arguments: '{"path":"a.txt"}' }] },
  })),
};

export async function ourSession(arm: Arm, url: string): Promise<void> {
  const endpoint = { baseUrl: new URL(url), headers: {}, insecure: false };
  const { record: workflow, failure } = await runSession(
    { script, model: 'small', policy: transports[arm], toolTimeFactor: 0, timeoutMs: 60_000 },
    { transport: createTransport(arm, endpoint), signal: new AbortController().signal },
  );
  if (workflow.state !== 'completed') {
    throw new Error(`${arm}: ${failure?.message ?? workflow.state}`);
  }
}

export async function bareWebSocket(url: string, requests: Requests): Promise<void> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/responses`, {
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    const send = (): void => {
      const request = requests[sent++];
      if (request === undefined) resolve();
      else socket.send(JSON.stringify(request));
    };
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString()) as { type: string };
      if (event.type === 'response.completed') send();
    });
    send();
  });
  socket.close();
  await once(socket, 'close');
}

export async function bareHttp(url: string, requests: Requests): Promise<void> {
  const { origin, pathname } = new URL(url);
  const client = new Client(origin, { pipelining: 1 });
  for (const request of requests) {
    await bareRequest(client, `${pathname}/responses`, JSON.stringify(request));
  }
  await client.close();
}

function bareRequest(client: Client, path: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent({ data }) {
        if (data === '[DONE]') return;
        const event = JSON.parse(data) as { type: string };
        if (event.type === 'response.completed') resolve();
      },
    });
    client.dispatch(
      {
        ...{ path, method: 'POST', body },
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      },
      {
        onRequestStart() {
          // undici knows its newer kind of handler by this method.
        },
        onResponseData(_controller, chunk) {
          parser.feed(decoder.decode(chunk, { stream: true }));
        },
        onResponseEnd() {
          reject(new Error('the stream ended before its terminal event'));
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
