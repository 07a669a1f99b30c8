import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeSocket } from '../../src/network/close.ts';
import { dial } from '../../src/network/dial.ts';
import { createLink, type Link } from '../../src/network/link.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import { median } from '../../src/stats/percentile.ts';
import type { Benchmark } from './benchmark.ts';

const SESSIONS = 50;
const BLOCKS = 5;
const BLOCK_MS = 2000;
/** What the link may cost us per event. */
const BUDGET_MS = 0.015;

/** What the emulated link takes of our own processor. */
export const benchmark: Benchmark = {
  title: 'Emulated link',
  note: `CPU that a link of 20 ms adds per event of 200 B over TLS, ${SESSIONS} sessions with 100 events/s each, ${BLOCKS} blocks of ${BLOCK_MS} ms with the link and without in turn; bare: the budget`,
  async run() {
    const server = fork(new URL('./event-server.ts', import.meta.url), {
      execArgv: process.execArgv,
    });
    const [address] = (await once(server, 'message')) as [{ port: number; ca: string }];
    const link = createLink(plainLink(20), 1);
    const costsMs = { with: [] as number[], without: [] as number[] };
    for (let block = 0; block < BLOCKS; block++) {
      costsMs.without.push(await cpuPerEventMs(address, undefined));
      costsMs.with.push(await cpuPerEventMs(address, link));
    }
    server.disconnect();
    const addedMs = (median(costsMs.with) ?? NaN) - (median(costsMs.without) ?? NaN);
    return [
      {
        what: 'link, CPU added per event',
        ours: addedMs,
        bare: BUDGET_MS,
        samples: BLOCKS,
        bound: 1,
      },
    ];
  },
};

async function cpuPerEventMs(
  { port, ca }: { port: number; ca: string },
  link: Link | undefined,
): Promise<number> {
  const tls = { ca, verify: true, alpn: 'http/1.1' as const };
  const target = { host: '127.0.0.1', port, tls, ...(link && { link }) };
  let events = 0;
  const sockets = [];
  for (let session = 0; session < SESSIONS; session++) {
    const { socket } = await dial(target, new AbortController().signal);
    socket.on('data', () => events++);
    socket.write('go');
    sockets.push(socket);
  }
  await sleep(200);
  events = 0;
  const before = process.cpuUsage();
  await sleep(BLOCK_MS);
  const { user, system } = process.cpuUsage(before);
  const perEventMs = (user + system) / 1000 / events;
  await Promise.all(sockets.map(closeSocket));
  return perEventMs;
}
