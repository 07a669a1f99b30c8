import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../src/measure/clock.ts';
import { closeSocket } from '../../src/network/close.ts';
import { type DialTarget, dial } from '../../src/network/dial.ts';
import { createLink } from '../../src/network/link.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import { median } from '../../src/stats/percentile.ts';
import type { Benchmark, Comparison } from './benchmark.ts';
import { BODIES_KB, IDLES_MS, kernelModesMs, RTTS_MS, type UploadCase } from './kernel-uploads.ts';

const REPETITIONS = 5;
/** How far from a mode of the kernel we may be. */
const TOLERANCE = 0.08;

type Rtt = (typeof RTTS_MS)[number];
type Body = (typeof BODIES_KB)[number];
/** Times from a body's first byte handed over to the answer's first byte, by case. */
type Times = Partial<Record<UploadCase, number[]>>;

/** Whether the emulated link costs an upload the round trips that the kernel's TCP costs it. */
export const benchmark: Benchmark = {
  title: 'Uploads over the emulated link',
  note: `body of n KB sent, answer of 200 B awaited, TLS 1.3, ${REPETITIONS} repetitions; bare: the nearest of the modes that Linux's TCP showed over a real delay of that size (docs/link-model.md)`,
  async run() {
    const server = fork(new URL('./upload-server.ts', import.meta.url), {
      execArgv: process.execArgv,
    });
    const [{ port, ca }] = (await once(server, 'message')) as [{ port: number; ca: string }];
    const comparisons: Comparison[] = [];
    for (const rttMs of RTTS_MS) {
      const link = createLink(plainLink(rttMs), 1);
      const tls = { ca, verify: true, alpn: 'http/1.1' as const };
      const target = { host: '127.0.0.1', port, tls, link };
      await onConnection(target, async (send) => {
        await send(500);
      });
      // Connections mostly wait: those of different sizes can do so at once.
      const all = await Promise.all(BODIES_KB.map((bodyKb) => uploadTimes(target, bodyKb)));
      for (const [index, bodyKb] of BODIES_KB.entries()) {
        comparisons.push(...compare(rttMs, bodyKb, all[index] ?? {}));
      }
    }
    server.disconnect();
    return comparisons;
  },
};

async function uploadTimes(target: DialTarget, bodyKb: number): Promise<Times> {
  const times: Times = {};
  const put = (kind: UploadCase, ms: number): void => {
    (times[kind] ??= []).push(ms);
  };
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    await onConnection(target, async (send) => {
      for (let request = 0; request < 3; request++) await send(500);
      put('warm', await send(bodyKb * 1000));
    });
    for (const idleMs of IDLES_MS) {
      const startMs = nowUs() / 1000;
      await onConnection(target, async (send) => {
        put('fresh', await send(bodyKb * 1000, startMs));
        put('second', await send(bodyKb * 1000));
        put('hot', await send(bodyKb * 1000));
        await sleep(idleMs);
        put(`idle ${idleMs}`, await send(bodyKb * 1000));
      });
    }
  }
  return times;
}

/** @param use is given what sends a body and says how long the answer took, in ms from `startMs`, by default now */
async function onConnection(
  target: DialTarget,
  use: (send: (bytes: number, startMs?: number) => Promise<number>) => Promise<void>,
): Promise<void> {
  const { socket } = await dial(target, new AbortController().signal);
  await use(async (bytes, startMs = nowUs() / 1000) => {
    const body = Buffer.alloc(bytes, 'b');
    body.writeUInt32BE(bytes);
    socket.write(body);
    await once(socket, 'data');
    return nowUs() / 1000 - startMs;
  });
  await closeSocket(socket);
}

function compare(rttMs: Rtt, bodyKb: Body, times: Times): Comparison[] {
  return Object.entries(times).flatMap(([kind, all]) => {
    const ours = median(all) ?? NaN;
    const modesMs = kernelModesMs[rttMs][bodyKb][kind as UploadCase];
    if (modesMs === undefined) return [];
    return {
      what: `${rttMs} ms, ${bodyKb} KB, ${kind}`,
      ours,
      bare: nearest(modesMs, ours),
      samples: all.length,
      floor: 1 - TOLERANCE,
      bound: 1 + TOLERANCE,
    };
  });
}

function nearest(modesMs: readonly number[], ms: number): number {
  const distance = (modeMs: number): number => Math.abs(ms / modeMs - 1);
  return modesMs.reduce((best, mode) => (distance(mode) < distance(best) ? mode : best), Infinity);
}
