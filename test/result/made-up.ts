import { compareTransports } from '../../src/compare/change/transports.ts';
import { histogramOf } from '../../src/measure/histogram.ts';
import { buildResult, type ResultInput } from '../../src/result/build.ts';
import type { RoundRecord, StepRecord, WorkflowRecord } from '../../src/result/record.ts';
import type { Result } from '../../src/result/schema.ts';

/** How one made-up transport behaves. */
interface Arm {
  stepUs: number;
  connectsPerStep: boolean;
  stepBytes: number;
}

const arms: Readonly<Record<string, Arm>> = {
  http: { stepUs: 330_000, connectsPerStep: true, stepBytes: 104_000 },
  'http-keepalive': { stepUs: 327_000, connectsPerStep: false, stepBytes: 103_000 },
  ws: { stepUs: 290_000, connectsPerStep: false, stepBytes: 21_000 },
};

export interface MadeUp {
  transports?: string[];
  rounds?: number;
  steps?: number;
  run?: Partial<ResultInput['run']>;
  edit?: (rounds: RoundRecord[]) => void;
  /** What stands before those that follow from the rounds. */
  warnings?: Result['warnings'];
}

/** A result with made-up but consistent numbers, the same every time. */
export function madeUpResult(made: MadeUp = {}): Result {
  const transports = made.transports ?? Object.keys(arms);
  const rounds = madeUpRounds(transports, made.rounds ?? 10, made.steps ?? 4);
  made.edit?.(rounds);
  const result = buildResult({
    toolVersion: '0.1.0',
    run: {
      id: '20261122T181530Z-coding-agent',
      startedAt: '2026-11-22T18:15:30.000Z',
      finishedAt: '2026-11-22T18:16:01.000Z',
      seed: 1,
      complete: true,
      options: {
        transports,
        iterations: made.rounds ?? 10,
        warmup: 1,
        concurrency: 10,
        timeoutMs: 60_000,
        toolTime: 'recorded',
      },
      scenario: { name: 'coding-agent', sha256: 'ab'.repeat(32), steps: made.steps ?? 4 },
      endpoint: {
        kind: 'mock',
        url: 'https://127.0.0.1:41234/v1',
        profile: {
          name: 'fast',
          description: 'a model that streams quickly',
          firstToken: { ms: 0, source: 'assumed: no server work is modelled' },
          decode: { tokensPerSecond: 1000, source: 'OpenAI engineering post of 2026-04-22' },
        },
        link: null,
      },
      ...made.run,
    },
    environment: {
      node: '20.20.2',
      platform: 'linux',
      release: '6.18',
      arch: 'x64',
      cpuModel: 'Example CPU',
      cores: 2,
      memoryBytes: 8_000_000_000,
      versions: { undici: '7.30.2', ws: '8.23.0', openssl: '3.0.17' },
    },
    rounds,
    interToken: Object.fromEntries(
      transports.map((name) => [name, histogramOf([900, 1000, 1100])]),
    ),
    comparisons: compareTransports(transports, rounds),
    calibration: null,
    warnings: [],
  });
  return { ...result, warnings: [...(made.warnings ?? []), ...result.warnings] };
}

export function madeUpRounds(
  transports: readonly string[],
  rounds: number,
  steps: number,
): RoundRecord[] {
  return Array.from({ length: rounds }, (_, index) => ({
    index,
    order: [...transports],
    workflows: Object.fromEntries(
      transports.map((name, position) => {
        const arm = arms[name] ?? { stepUs: 300_000, connectsPerStep: false, stepBytes: 50_000 };
        return [name, madeUpWorkflow(arm, steps, index * 7919 + position * 104_729)];
      }),
    ),
  }));
}

function madeUpWorkflow(arm: Arm, stepCount: number, salt: number): WorkflowRecord {
  const steps = Array.from({ length: stepCount }, (_, index) =>
    madeUpStep(arm, index, salt + index),
  );
  const sumOf = (pick: (step: StepRecord) => number): number =>
    steps.reduce((sum, step) => sum + pick(step), 0);
  const connections = arm.connectsPerStep ? stepCount : 1;
  return {
    state: 'completed',
    e2eUs: sumOf((step) => step.durationUs + step.phases.toolTimeUs),
    outcomeSha256: 'cd'.repeat(32),
    phases: {
      handshakeUs: connections * 2800,
      requestWriteUs: sumOf((step) => step.phases.requestWriteUs),
      waitingUs: sumOf((step) => step.phases.waitingUs),
      streamingUs: sumOf((step) => step.phases.streamingUs),
      toolTimeUs: sumOf((step) => step.phases.toolTimeUs),
      clientOverheadUs: sumOf((step) => step.phases.clientOverheadUs),
      recoveryUs: 0,
      residualUs: 0,
    },
    counters: {
      connections,
      requests: stepCount,
      bytes_sent: sumOf((step) => step.bytesSent),
      bytes_received: sumOf((step) => step.bytesReceived),
      payload_bytes_sent: sumOf((step) => step.payloadBytesSent),
      input_tokens_sent: 100,
      prompt_tokens: null,
      input_tokens: 200,
      cached_tokens: 0,
      output_tokens: 50,
      reconnects: 0,
      fallbacks: 0,
      resends: 0,
      retries: 0,
      wasted_output_tokens: 0,
      compactions: 0,
      tokens_processed: null,
    },
    connections: Array.from({ length: connections }, () => ({
      dnsUs: null,
      tcpConnectUs: 200,
      tlsHandshakeUs: 2000,
      pacedUs: 0,
      wsUpgradeUs: arm.connectsPerStep ? null : 600,
      addressFamily: 'IPv4' as const,
      tlsVersion: 'TLSv1.3',
      alpn: null,
      sessionResumed: false,
      deflate: null,
      bytesSent: 1000,
      bytesReceived: 2000,
    })),
    steps,
  };
}

function madeUpStep(arm: Arm, index: number, salt: number): StepRecord {
  const noiseUs = Math.imul(salt + 1, 2_654_435_761) >>> 19;
  const durationUs = arm.stepUs + noiseUs;
  const toolTimeUs = index === 0 ? 0 : 60_000;
  const handshakeUs = arm.connectsPerStep || index === 0 ? 2800 : 0;
  return {
    index,
    state: 'completed',
    durationUs,
    ttfbUs: 3000 + Math.floor(noiseUs / 10),
    ttfeUs: 3100 + Math.floor(noiseUs / 10),
    ttftUs: 3200 + Math.floor(noiseUs / 10),
    ttfoUs: 4000 + Math.floor(noiseUs / 10),
    idleUs: null,
    uploadUs: null,
    tpotUs: 1000.5,
    phases: {
      handshakeUs,
      requestWriteUs: 100,
      waitingUs: 3000,
      streamingUs: durationUs - 4000 - handshakeUs,
      toolTimeUs,
      clientOverheadUs: 900,
      recoveryUs: 0,
      residualUs: 0,
    },
    payloadBytesSent: arm.stepBytes - 1000,
    bytesSent: arm.stepBytes,
    bytesReceived: 30_000,
    inputTokens: 20_000,
    cachedTokens: 0,
    outputTokens: 100,
  };
}
