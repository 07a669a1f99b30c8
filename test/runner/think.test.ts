import { describe, expect, it } from 'vitest';
import { runSession } from '../../src/runner/session.ts';
import type { Script } from '../../src/scenario/script.ts';
import { createTransport, transports } from '../../src/transport/index.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';

const THINK_MS = 400;

const talk: Script = {
  name: 'talk',
  description: '',
  seed: 1,
  sha256: '0'.repeat(64),
  tools: [],
  turns: [
    { toolResults: [], user: 'Hello.', model: { text: 'Hello yourself.', calls: [] } },
    {
      toolResults: [],
      user: 'How so?',
      thinkMs: THINK_MS,
      model: { text: 'You asked.', calls: [] },
    },
  ],
};

describe('a user who thinks', () => {
  it.each([
    { factor: 1, thinks: true, why: 'as scripted' },
    { factor: 0, thinks: false, why: 'not where tool times are skipped' },
  ])('with factor $factor: $why', async ({ factor, thinks }) => {
    const mock = await mockForTest({ scripts: [talk] });
    const beganMs = performance.now();
    const { record } = await runSession(
      {
        script: talk,
        model: 'talk',
        policy: transports.ws,
        toolTimeFactor: factor,
        timeoutMs: 5000,
      },
      {
        transport: createTransport('ws', endpointOf(mock)),
        signal: new AbortController().signal,
      },
    );
    const tookUs = (performance.now() - beganMs) * 1000;
    const [, second] = record.steps;
    const thoughtUs = second?.thinkUs ?? 0;
    expect(record.state).toBe('completed');
    expect(thoughtUs >= THINK_MS * 1000).toBe(thinks);
    // The connection was idle meanwhile, and the workflow's time is what is left, all of it accounted for.
    expect((second?.idleUs ?? 0) >= thoughtUs).toBe(true);
    expect(record.e2eUs).toBeLessThanOrEqual(tookUs - thoughtUs);
    const accountedUs = Object.values(record.phases).reduce((sum, us) => sum + us, 0);
    expect(accountedUs).toBe(record.e2eUs);
    expect(Math.abs(record.phases.residualUs)).toBeLessThan(tookUs / 4);
  });
});
