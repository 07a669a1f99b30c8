import { nowUs } from '../../measure/clock.ts';
import { histogramOf, percentileUs } from '../../measure/histogram.ts';
import { waitMs } from '../../measure/wait.ts';
import { startMockProcess } from '../../mock/process/process.ts';
import { createLink } from '../../network/link.ts';
import { plainLink } from '../../network/link-presets.ts';
import type { Calibration, Instrument } from '../../result/schema.ts';
import { runSession as replay, type SessionEnded } from '../../runner/session.ts';
import type { Script } from '../../scenario/script.ts';
import { median } from '../../stats/percentile.ts';
import { createTransport, transports } from '../../transport/index.ts';
import type { Endpoint } from '../../transport/transport.ts';

/** The truth that is injected: what every instrument ought to read. */
const WAIT_MS = 4;
const FIRST_TOKEN_MS = 10;
const TOKENS_PER_SECOND = 400;
const LINK_RTT_MS = 10;

const SESSIONS = 2;
const TURNS = 5;
const TOKENS = 10;
const WAITS = 40;

/** The options of a calibration: what stops it. */
export interface CalibrateOptions {
  /** @default never aborted */
  signal?: AbortSignal;
}

/**
 * Our own error measured against injected truth, in a second or two: the clock, tool waits, a mock with known
 * pacing, and the emulated link. Whatever a run then finds is no better known than this.
 * @throws the signal's reason if it aborts.
 */
export async function calibrate({
  signal = new AbortController().signal,
}: CalibrateOptions = {}): Promise<Calibration> {
  const mock = await startMockProcess(
    {
      scripts: [script],
      profile: {
        name: 'calibration',
        description: 'known delays',
        prefill: { fixedMs: FIRST_TOKEN_MS, source: 'injected' },
        decode: { tokensPerSecond: TOKENS_PER_SECOND, source: 'injected' },
      },
    },
    signal,
  );
  try {
    const endpoint: Endpoint = { baseUrl: new URL(mock.url), headers: {}, insecure: false };
    // The first session pays for code that runs for the first time.
    await runSession(endpoint, signal);
    const direct = await runSessions(endpoint, signal);
    const link = createLink(plainLink(LINK_RTT_MS), 1);
    const linked = await runSessions({ ...endpoint, link }, signal);
    signal.throwIfAborted();
    const localUs = median(warmSteps(direct).map((step) => step.ttfbUs ?? NaN)) ?? NaN;
    const instruments = {
      toolWait: instrument(WAIT_MS, await waitErrors(signal)),
      firstToken: instrument(
        FIRST_TOKEN_MS,
        warmSteps(direct).map((step) => (step.ttftUs ?? NaN) - FIRST_TOKEN_MS * 1000),
      ),
      tokenGap: instrument(
        1000 / TOKENS_PER_SECOND,
        direct.flatMap(({ gapsUs }) => gapsUs).map((us) => us - 1e6 / TOKENS_PER_SECOND),
      ),
      linkRoundTrip: instrument(
        LINK_RTT_MS,
        warmSteps(linked).map((step) => (step.ttfbUs ?? NaN) - localUs - LINK_RTT_MS * 1000),
      ),
    };
    return {
      clockResolutionUs: clockResolutionUs(),
      instruments,
      noiseFloorUs: Math.ceil(
        Math.max(...Object.values(instruments).map(({ biasUs }) => Math.abs(biasUs))),
      ),
    };
  } finally {
    await mock.stop();
  }
}

/**
 * A calibration, or null where the signal aborts: a run that is stopped this early still has a result to give, if an
 * empty one.
 */
export async function calibrateUnlessStopped(signal: AbortSignal): Promise<Calibration | null> {
  try {
    return await calibrate({ signal });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

const script: Script = {
  name: 'calibration',
  description: 'short answers',
  seed: 1,
  sha256: '',
  tools: [],
  turns: Array.from({ length: TURNS }, () => ({
    toolResults: [],
    user: 'Go on.',
    model: { text: 'tick'.repeat(TOKENS), calls: [] },
  })),
};

async function runSessions(endpoint: Endpoint, signal: AbortSignal): Promise<SessionEnded[]> {
  const outcomes: SessionEnded[] = [];
  for (let session = 0; session < SESSIONS; session++) {
    outcomes.push(await runSession(endpoint, signal));
  }
  return outcomes;
}

function runSession(endpoint: Endpoint, signal: AbortSignal): Promise<SessionEnded> {
  return replay(
    {
      script,
      model: script.name,
      policy: transports.ws,
      toolTimeFactor: 0,
      timeoutMs: 10_000,
    },
    { transport: createTransport('ws', endpoint), signal },
  );
}

/** Steps that found their connection open. */
function warmSteps(outcomes: readonly SessionEnded[]): SessionEnded['record']['steps'] {
  return outcomes.flatMap(({ record }) => record.steps.slice(1));
}

async function waitErrors(signal: AbortSignal): Promise<number[]> {
  const errorsUs: number[] = [];
  for (let wait = 0; wait < WAITS; wait++) {
    const startUs = nowUs();
    await waitMs(WAIT_MS, signal);
    errorsUs.push(nowUs() - startUs - WAIT_MS * 1000);
  }
  return errorsUs;
}

function instrument(injectedMs: number, errorsUs: readonly number[]): Instrument {
  const known = errorsUs.filter((us) => !Number.isNaN(us));
  const absolute = histogramOf(known.map(Math.abs));
  return {
    injectedUs: injectedMs * 1000,
    samples: known.length,
    biasUs: Math.round(known.reduce((sum, us) => sum + us, 0) / Math.max(1, known.length)),
    p99ErrorUs: percentileUs(absolute.buckets, 99, Math.max(0, absolute.max)),
  };
}

/** Smallest step that the clock is seen to make. */
function clockResolutionUs(): number {
  let smallest = Infinity;
  for (let read = 0; read < 2000; read++) {
    const before = nowUs();
    const step = nowUs() - before;
    if (step > 0) smallest = Math.min(smallest, step);
  }
  return Number(smallest.toFixed(3));
}
