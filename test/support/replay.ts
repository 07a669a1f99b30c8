import { expect } from 'vitest';
import { runBenchmark } from '../../src/app/benchmark.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import type { Script } from '../../src/scenario/script.ts';
import { type TransportName, transports } from '../../src/transport/index.ts';
import { mockForTest } from './mock.ts';
import type { WitnessedRequest } from './wire-witness.ts';

/** The script that a scenario file says. */
export async function scriptOf(text: string): Promise<Script> {
  return expandScenario(await parseScenario(text, 'it.yaml'), 1);
}

/** A step as it passed on the wire: its bytes, those of a warm-up before it included, and the pause before it. */
export interface WireStep {
  bytes: number;
  /** Since the answer before; of the first step there is none. */
  gapMs: number;
}

/** The steps of one agent's requests, in their order. */
export function wireSteps(requests: readonly WitnessedRequest[]): WireStep[] {
  const steps: WireStep[] = [];
  let warmUpBytes = 0;
  let lastEndMs = NaN;
  for (const { bytes, isWarmUp, startMs, endMs } of requests) {
    if (isWarmUp) warmUpBytes += bytes;
    else {
      steps.push({ bytes: bytes + warmUpBytes, gapMs: startMs - lastEndMs });
      warmUpBytes = 0;
    }
    lastEndMs = endMs;
  }
  return steps;
}

/** How far a scenario's waits for tools are from the pauses on the wire, as parts of what is allowed: 5 ms, or 5 %. */
export function toolTimesOff({ turns }: Script, steps: readonly WireStep[]): number[] {
  expect(turns).toHaveLength(steps.length);
  return turns.slice(1).map(({ toolResults }, index) => {
    const toolMs = Math.max(...toolResults.map(({ timeMs }) => timeMs));
    const gapMs = steps[index + 1]?.gapMs ?? NaN;
    return Math.abs(toolMs - gapMs) / Math.max(5, gapMs * 0.05);
  });
}

/**
 * Replays a script once over every transport, without its waits, and holds the bytes of each step over one of them to those
 * on the wire: within 3 %.
 */
export async function expectReplay(
  script: Script,
  transport: TransportName,
  steps: readonly WireStep[],
): Promise<void> {
  const { url, ca } = await mockForTest({ scripts: [script], tls: { kind: 'generated' } });
  const { rounds } = await runBenchmark({
    scenario: script,
    endpoint: { url, model: script.name, proxy: 'none', ...(ca !== undefined && { ca }) },
    transports: Object.keys(transports) as TransportName[],
    ...{ toolTime: 'none', iterations: 1, warmup: 0, calibrate: false },
  });
  const workflows = rounds[0]?.workflows ?? {};
  expect(Object.values(workflows).map(({ state }) => state)).toEqual(
    Object.keys(transports).map(() => 'completed'),
  );
  const off = workflows[transport]?.steps.map(({ payloadBytesSent }, index) =>
    Math.abs(payloadBytesSent / (steps[index]?.bytes ?? NaN) - 1),
  );
  expect(off).toHaveLength(steps.length);
  for (const share of off ?? []) expect(share).toBeLessThan(0.03);
}
