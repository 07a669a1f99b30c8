import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median, nearestRank } from '../../src/stats/percentile.ts';
import type { Benchmark, Finding } from './benchmark.ts';

const bin = fileURLToPath(new URL('../../bin/agent-latency-bench.js', import.meta.url));
const STREAMS = 50;
const BLOCKS = 5;
/** What the recorder may add to an event on its way. */
const LIMITS_MS = { p50: 0.5, p99: 2 };

/** How much later an event comes through the recorder. */
export const benchmark: Benchmark = {
  title: 'Recorder',
  note: `delay of an event from the server's write to the client's read, ${STREAMS} streams of 100 events/s, ${BLOCKS} blocks straight and through the recorder in turn, three processes; medians of the blocks, added: of their differences`,
  async run() {
    const server = fork(new URL('./stamped-streams.ts', import.meta.url), {
      execArgv: process.execArgv,
    });
    const [port] = (await once(server, 'message')) as [number];
    const straight = `http://127.0.0.1:${port}/v1`;
    const recorder = spawn(process.execPath, [bin, 'record', straight, '--port', '0'], {
      cwd: tmpdir(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(recorder.stdout), 'line')) as [string];
    const through = line.replace('listening on ', '');
    const blocks: Block[] = [];
    for (let block = 0; block < BLOCKS; block++) {
      blocks.push({ straight: await delaysOf(straight), through: await delaysOf(through) });
    }
    recorder.kill('SIGKILL');
    server.disconnect();
    return (['p50', 'p99'] as const).map((name) => findingOf(name, blocks));
  },
};

/** Delays in ms, ascending. */
interface Block {
  straight: number[];
  through: number[];
}

function findingOf(name: keyof typeof LIMITS_MS, blocks: readonly Block[]): Finding {
  const at = (delaysMs: number[]) => nearestRank(delaysMs, Number(name.slice(1))) ?? NaN;
  const bareMs = median(blocks.map(({ straight }) => at(straight))) ?? NaN;
  const oursMs = median(blocks.map(({ through }) => at(through))) ?? NaN;
  const addedMs = median(blocks.map(({ straight, through }) => at(through) - at(straight))) ?? NaN;
  return {
    columns: {
      '': name,
      straight: `${bareMs.toFixed(3)} ms`,
      'through the recorder': `${oursMs.toFixed(3)} ms`,
      added: `${addedMs.toFixed(3)} ms`,
      ratio: (oursMs / bareMs).toFixed(2),
      events: String(blocks.reduce((sum, { through }) => sum + through.length, 0)),
    },
    promise: { text: `adds at most ${LIMITS_MS[name]} ms`, kept: addedMs <= LIMITS_MS[name] },
  };
}

async function delaysOf(baseUrl: string): Promise<number[]> {
  const delaysMs: number[] = [];
  const stream = async (index: number): Promise<void> => {
    // Streams that begin at once would have their events at once, ever after.
    await sleep(index % 10);
    const sent = request(`${baseUrl}/responses`, { method: 'POST', agent: false });
    sent.end(JSON.stringify({ model: 'x', input: String(index) }));
    const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    answer.setEncoding('utf8');
    for await (const text of answer) {
      const nowMs = performance.timeOrigin + performance.now();
      for (const [, atMs] of String(text).matchAll(/"atMs":([\d.]+)/g)) {
        delaysMs.push(nowMs - Number(atMs));
      }
    }
  };
  await Promise.all(Array.from({ length: STREAMS }, (_, index) => stream(index)));
  return delaysMs.sort((a, b) => a - b);
}
