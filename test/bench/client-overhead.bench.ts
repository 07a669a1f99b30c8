import { runSession } from '../../dist/runner/session.js';
import { createTransport, transports } from '../../dist/transport/index.js';
import { startMockProcess } from '../../src/mock/process/process.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import type { Script } from '../../src/scenario/script.ts';
import { median } from '../../src/stats/percentile.ts';
import { bareHttpSession } from './bare-http.ts';
import { bareWebSocketSession, prepareFrames } from './bare-websocket.ts';
import type { Benchmark, Comparison } from './benchmark.ts';
import { type Recording, record } from './recording.ts';
import type { Server, SessionTimes } from './session.ts';

const WARM_UP_PAIRS = 4;
const PAIRS = 24;
/** Highest ratio of our p50 step time to the bare client's. */
const BOUND = 1.5;

const arms = ['ws', 'http-keepalive', 'http'] as const;
type Arm = (typeof arms)[number];

/** What a step costs over our runner and transports, against bare clients that send the same bytes to the same server. */
export const benchmark: Benchmark = {
  title: 'Client overhead',
  note: `coding-agent without tool waits, profile instant, one session at a time, ${PAIRS} sessions of each in turn; bare: ws, or undici dispatch, and JSON.parse of every event`,
  async run() {
    const script = expandScenario(await loadScenario('coding-agent'), 1);
    const plain = await startServer(script, 'off');
    const secure = await startServer(script, 'generated');
    const comparisons: Comparison[] = [];
    try {
      for (const arm of arms) {
        const recording = await record(plain.url, async (url) => {
          await ourSession(script, arm, { url });
        });
        for (const server of [plain, secure]) {
          comparisons.push(...(await compare(script, arm, server, recording)));
        }
      }
    } finally {
      await plain.stop();
      await secure.stop();
    }
    return comparisons;
  },
};

function startServer(
  script: Script,
  tls: 'off' | 'generated',
): Promise<Server & { stop(): Promise<void> }> {
  return startMockProcess({
    host: '127.0.0.1',
    port: 0,
    tls: { kind: tls },
    scripts: [script],
    profile: profiles.instant,
  });
}

/** Sessions of both in turn, the order swapped from pair to pair, so that the machine's moods fall on both alike. */
async function compare(
  script: Script,
  arm: Arm,
  server: Server,
  recording: Recording,
): Promise<Comparison[]> {
  const ours: SessionTimes[] = [];
  const bare: SessionTimes[] = [];
  const bareSession = bareSessionOf(arm, server, recording);
  const both = [
    async () => ours.push(await ourSession(script, arm, server)),
    async () => bare.push(await bareSession()),
  ];
  for (let pair = 0; pair < WARM_UP_PAIRS + PAIRS; pair++) {
    if (pair === WARM_UP_PAIRS) ours.length = bare.length = 0;
    for (const session of pair % 2 === 0 ? both : both.toReversed()) await session();
  }
  const what = `${arm}, ${server.ca === undefined ? 'plain' : 'TLS'}`;
  return [
    { ...medians(`${what}: step`, ours, bare, ({ stepsMs }) => stepsMs), bound: BOUND },
    medians(`${what}: session`, ours, bare, ({ sessionMs }) => [sessionMs]),
  ];
}

async function ourSession(script: Script, arm: Arm, { url, ca }: Server): Promise<SessionTimes> {
  const endpoint = {
    baseUrl: new URL(url),
    headers: {},
    insecure: false,
    ...(ca !== undefined && { ca }),
  };
  const { record: workflow, failure } = await runSession(
    {
      script,
      model: script.name,
      policy: transports[arm],
      toolTimeFactor: 0,
      timeoutMs: 10_000,
    },
    { transport: createTransport(arm, endpoint), signal: new AbortController().signal },
  );
  if (workflow.state !== 'completed') {
    throw new Error(`${arm}: ${failure?.message ?? workflow.state}`);
  }
  return {
    stepsMs: workflow.steps.map((step) => step.durationUs / 1000),
    sessionMs: workflow.e2eUs / 1000,
  };
}

function bareSessionOf(
  arm: Arm,
  server: Server,
  recording: Recording,
): () => Promise<SessionTimes> {
  if (arm === 'ws') {
    const frames = prepareFrames(recording);
    return () => bareWebSocketSession(server, frames);
  }
  return () => bareHttpSession(server, recording, arm === 'http' ? 'per-call' : 'kept');
}

function medians(
  what: string,
  ours: readonly SessionTimes[],
  bare: readonly SessionTimes[],
  times: (session: SessionTimes) => readonly number[],
): Comparison {
  return {
    what,
    ours: median(ours.flatMap(times)) ?? NaN,
    bare: median(bare.flatMap(times)) ?? NaN,
    samples: ours.flatMap(times).length,
  };
}
