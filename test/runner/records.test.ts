import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExchangeMarks, startMarks } from '../../src/measure/marks.ts';
import type { Phases, WorkflowRecord } from '../../src/result/record.ts';
import { workflowRecord } from '../../src/runner/records/workflow.ts';
import type { ExchangeOutcome } from '../../src/runner/step/exchange.ts';
import type { StepRecovery } from '../../src/runner/step/step.ts';
import type { StepTimes } from '../../src/runner/step/times.ts';
import { EndpointFailure } from '../../src/transport/failure.ts';

const facts = {
  state: 'completed',
  connections: [],
  outcomeSha256: '0'.repeat(64),
  fellBack: false,
  begunOverFallback: 0,
  agents: [],
} as const;

function recordOf(times: readonly StepTimes[]): WorkflowRecord {
  return workflowRecord(facts, times, () => 0);
}

function stepOf(exchanges: ExchangeOutcome[], more: Partial<StepTimes> = {}): StepTimes {
  const end = exchanges.at(-1);
  if (end === undefined) throw new Error('a step has an end');
  return {
    exchanges,
    end,
    recoveries: [],
    requests: exchanges.length,
    tokensSent: 0,
    promptTokens: 0,
    buildUs: 0,
    toolTimeUs: 0,
    agentsUs: 0,
    thinkUs: 0,
    absorbUs: 0,
    bytesSent: 0,
    bytesReceived: 0,
    deviations: undefined,
    ...more,
  };
}

interface Timed {
  startUs: number;
  endUs: number;
  firstEventUs?: number;
}

function failed({ startUs, endUs, firstEventUs }: Timed, outputBytes = 0): ExchangeOutcome {
  const marks = { ...startMarks(startUs), ...(firstEventUs && { firstEventUs }) };
  const failure = new EndpointFailure('closed', 'as told', { code: '1011' });
  return {
    state: 'failed',
    failure,
    marks,
    endUs,
    outputBytes,
  };
}

function completed({ startUs, endUs, firstEventUs = startUs }: Timed): ExchangeOutcome {
  const marks: ExchangeMarks = { ...startMarks(startUs), firstEventUs, terminalUs: endUs };
  return { state: 'completed', marks, output: [], responseId: 'resp_1', usage: undefined };
}

function recovery(more: Partial<StepRecovery>): StepRecovery {
  return {
    cause: { kind: 'closed', status: undefined, code: '1011' },
    action: 'reconnect',
    outputBegan: false,
    noticedUs: 0,
    noticeUs: 0,
    waitedUs: 0,
    next: 1,
    over: 'websocket',
    ...more,
  };
}

describe("a server's account of a step", () => {
  it.each([
    ['as much as passed', { decode: 60_000, queue: 40_000 }, true],
    ['a little more, by rounding', { decode: 101_500 }, true],
    ['more than passed', { decode: 110_000 }, false],
    ['more only after the answer', { decode: 10_000, post: 500_000 }, true],
  ])('is believed where it declares %s', (_what, stagesUs, believed) => {
    const exchange = completed({ startUs: 1000, endUs: 102_000 });
    exchange.marks.writeStartUs = 2000;
    exchange.marks.server = { stagesUs };
    const [step] = recordOf([stepOf([exchange])]).steps;
    expect(step?.server).toEqual(believed ? { stagesUs } : undefined);
    expect(step?.serverContradicted).toBe(believed ? undefined : true);
  });
});

describe('what a recovery took', () => {
  it('is until the first event after it, be it attempts later', () => {
    const exchanges = [
      failed({ startUs: 1000, endUs: 1100 }),
      failed({ startUs: 1200, endUs: 1300 }),
      failed({ startUs: 1400, endUs: 1600, firstEventUs: 1500 }),
      completed({ startUs: 1700, endUs: 1900, firstEventUs: 1800 }),
    ];
    const recoveries = [
      recovery({ noticedUs: 1100, next: 1 }),
      recovery({ noticedUs: 1300, next: 2, action: 'retry', waitedUs: 90 }),
      recovery({ noticedUs: 1600, next: 3, outputBegan: true, over: 'http' }),
    ];
    const record = recordOf([stepOf(exchanges, { recoveries })]);
    const cause = { kind: 'closed', code: '1011' };
    expect(record.recoveries).toEqual([
      {
        step: 0,
        cause,
        action: 'reconnect',
        atUs: 100,
        noticeUs: 0,
        waitedUs: 0,
        recoveryUs: 400,
        over: 'websocket',
      },
      {
        step: 0,
        cause,
        action: 'retry',
        atUs: 300,
        noticeUs: 0,
        waitedUs: 90,
        recoveryUs: 200,
        over: 'websocket',
      },
      {
        step: 0,
        cause,
        action: 'reconnect',
        outputBegan: true,
        atUs: 600,
        noticeUs: 0,
        waitedUs: 0,
        recoveryUs: 200,
        over: 'http',
      },
    ]);
    expect(record.counters).toMatchObject({ requests: 4, reconnects: 2, retries: 1 });
  });

  it('is nothing where nothing came after it', () => {
    const exchanges = [failed({ startUs: 0, endUs: 10 }), failed({ startUs: 20, endUs: 30 })];
    const recoveries = [
      recovery({ noticedUs: 10 }),
      recovery({ noticedUs: 30, next: 2, action: 'give_up' }),
    ];
    const record = recordOf([stepOf(exchanges, { recoveries })]);
    expect(record.recoveries?.map(({ recoveryUs }) => recoveryUs)).toEqual([null, null]);
  });

  it('is the step’s phase from its first attempt to its last', () => {
    const exchanges = [
      failed({ startUs: 1000, endUs: 1100 }),
      completed({ startUs: 1700, endUs: 1900 }),
    ];
    const { steps } = recordOf([stepOf(exchanges)]);
    expect(steps[0]).toMatchObject({ attempts: 2, durationUs: 900, ttfeUs: 700 });
    expect(steps[0]?.phases.recoveryUs).toBe(700);
  });
});

it('output of attempts that failed is wasted, rounded up for each', () => {
  const exchanges = [
    failed({ startUs: 0, endUs: 1 }, 5),
    failed({ startUs: 2, endUs: 3 }, 1),
    completed({ startUs: 4, endUs: 5 }),
  ];
  expect(recordOf([stepOf(exchanges)]).counters.wasted_output_tokens).toBe(2 + 1);
});

it('a session that began over HTTP in WebSocket’s place counts as one fallback', () => {
  const facts2 = { ...facts, fellBack: true, begunOverFallback: 1 };
  const record = workflowRecord(facts2, [stepOf([completed({ startUs: 0, endUs: 1 })])], () => 0);
  expect(record).toMatchObject({ fellBack: true, counters: { fallbacks: 1 } });
});

/** A moment may be missing: whatever a transport did not get to. */
const gap = fc.double({ min: 0, max: 1e6, noNaN: true });
const exchange = fc.record({
  kind: fc.constantFrom('failed', 'completed', 'compacted', 'aborted'),
  gaps: fc.array(gap, { minLength: 7, maxLength: 7 }),
  missing: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
});
type MadeUpExchange = typeof exchange extends fc.Arbitrary<infer T> ? T : never;

/** Lays exchanges one after another, from `fromUs` on. */
function layOut(exchanges: readonly MadeUpExchange[], fromUs: number): ExchangeOutcome[] {
  let atUs = fromUs;
  const later = (us = 0): number => (atUs += us);
  return exchanges.map(({ kind, gaps, missing }, index) => {
    const [g0, handshakeUs = 0, g2, g3, g4, g5, parseUs = 0] = gaps;
    const marks = startMarks(later(g0));
    marks.handshakeUs = handshakeUs;
    const writeStartUs = later(handshakeUs + (g2 ?? 0));
    const writeEndUs = later(g3);
    const firstByteUs = later(g4);
    if (missing[0] !== true) marks.writeStartUs = writeStartUs;
    if (missing[1] !== true) marks.writeEndUs = writeEndUs;
    if (missing[2] !== true || kind === 'completed') marks.firstByteUs = firstByteUs;
    marks.parseUs = parseUs;
    const endUs = later(g5);
    const last = index === exchanges.length - 1;
    if (kind === 'completed' || kind === 'compacted') {
      marks.terminalUs = endUs;
      return kind === 'completed' || last
        ? { state: 'completed', marks, output: [], responseId: 'r', usage: undefined }
        : { state: 'compacted', marks, output: [] };
    }
    if (kind === 'aborted' && last) return { state: 'aborted', marks, endUs };
    const failure = new EndpointFailure('closed', 'as told');
    return { state: 'failed', failure, marks, endUs, answered: false, outputBytes: 0 };
  });
}

describe('phases', () => {
  it('add up with the residual, whatever failed on the way', () => {
    const steps = fc.array(fc.array(exchange, { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(steps, gap, (madeUp, toolTimeUs) => {
        let fromUs = 0;
        const times = madeUp.map((exchanges, index) => {
          const waitedUs = index === 0 ? 0 : toolTimeUs;
          const laid = layOut(exchanges, fromUs + waitedUs);
          const end = laid.at(-1);
          fromUs =
            end?.state === 'failed' || end?.state === 'aborted'
              ? end.endUs
              : (end?.marks.terminalUs ?? NaN);
          return stepOf(laid, { toolTimeUs: waitedUs });
        });
        const record = recordOf(times);
        expect(total(record.phases)).toBe(record.e2eUs);
        for (const { phases, durationUs } of record.steps) {
          expect(total(phases) - phases.toolTimeUs).toBe(durationUs);
          expect(phases.recoveryUs).toBeGreaterThanOrEqual(0);
          expect(phases.recoveryUs).toBeLessThanOrEqual(durationUs);
        }
      }),
    );
  });

  it('leave nothing unexplained where attempts follow each other at once', () => {
    const exchanges = [
      failed({ startUs: 0, endUs: 400 }),
      failed({ startUs: 450, endUs: 500 }),
      completed({ startUs: 600, endUs: 900 }),
    ];
    const [step] = recordOf([stepOf(exchanges)]).steps;
    expect(step?.phases.recoveryUs).toBe(600);
    expect(step?.phases.residualUs).toBe(0);
  });
});

function total(phases: Phases): number {
  return Object.values(phases).reduce((sum, part) => sum + part, 0);
}

describe('what clients overlook', () => {
  it('is counted over all attempts of a step, and absent where there is nothing', () => {
    const first = failed({ startUs: 0, endUs: 10 });
    first.marks.overlooked = { no_event: 2 };
    const second = completed({ startUs: 10, endUs: 20 });
    second.marks.overlooked = { no_event: 1, content_type: 1 };
    const { steps } = recordOf([
      stepOf([first, second]),
      stepOf([completed({ startUs: 20, endUs: 30 })]),
    ]);
    expect(steps[0]?.overlooked).toEqual({ no_event: 3, content_type: 1 });
    expect(steps[1]).not.toHaveProperty('overlooked');
  });
});
