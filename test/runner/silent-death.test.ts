import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/compare/attribution/attribute.ts';
import { generateCertificate } from '../../src/listen/certificate.ts';
import { createLink } from '../../src/network/link.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import type { WorkflowRecord } from '../../src/result/record.ts';
import type { Script } from '../../src/scenario/script.ts';
import type { TransportName } from '../../src/transport/index.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { smallScript } from '../support/script.ts';
import { runSmall, type SmallRun, smallOutcome, withFaults } from './run-small.ts';

const IDLE_MS = 800;
const TOOL_MS = 1200;
const TIMEOUT_MS = 3000;

/** The small script with one tool that takes longer than a connection lives. */
const script: Script = {
  ...smallScript,
  turns: smallScript.turns.map((turn, index) => ({
    ...turn,
    toolResults: turn.toolResults.map((result) => ({
      ...result,
      timeMs: index === 1 ? TOOL_MS : 0,
    })),
  })),
};

async function run(name: TransportName, limits: SmallRun['limits'] = {}, by = 'mock') {
  const { cert, key } = await generateCertificate('127.0.0.1');
  const mock = await mockForTest({
    ...(by === 'mock' && withFaults(`half-open:${IDLE_MS}ms`)),
    ...(name === 'http2' && { tls: { kind: 'files', cert, key } }),
  });
  const endpoint = {
    ...endpointOf(mock),
    ...(name === 'http2' && { ca: cert }),
    ...(by === 'link' && { link: createLink({ ...plainLink(0), cutIdleMs: IDLE_MS }, 1) }),
  };
  return runSmall(name, endpoint, { script, toolTimeFactor: 1, timeoutMs: TIMEOUT_MS, limits });
}

/** Parts of a round of this arm alone: they must add up, however it went. */
function partsOf(name: TransportName, record: WorkflowRecord) {
  const round = { index: 0, order: [name], workflows: { [name]: record } };
  return attribute([name], [round], null)?.arms[name];
}

describe.concurrent('where a connection that lay idle is dead', () => {
  it('a fresh one for every request survives', async () => {
    const { record, outcome } = await run('http');
    expect(outcome).toEqual(smallOutcome);
    expect(record.recoveries).toBeUndefined();
  });

  it.each([
    ['http-keepalive', 'mock'],
    ['http2', 'mock'],
    ['http-keepalive', 'link'],
  ] as const)('%s hangs until its time is over, by the %s', async (name, by) => {
    const { record } = await run(name, {}, by);
    expect(record.steps.at(-1)).toMatchObject({ index: 1, failure: { kind: 'timeout' } });
    const [lost] = record.recoveries ?? [];
    expect(lost).toMatchObject({ action: 'give_up', recoveryUs: null });
    expect(lost?.noticeUs).toBeGreaterThan(0.9 * TIMEOUT_MS * 1000);
  });

  it.each(['http-keepalive', 'http2'] as const)(
    '%s survives where idle connections are closed in time',
    async (name) => {
      const { record, outcome } = await run(name, { idleCloseMs: IDLE_MS / 2 });
      expect(outcome).toEqual(smallOutcome);
      expect(record.counters.connections).toBe(2);
    },
  );

  it.each(['mock', 'link'])(
    'ws goes on when a ping is not answered, and what that cost is told, by the %s',
    async (by) => {
      // Dead before the first ping, which is sent while the tool runs and waited for beyond its end.
      const { record, outcome } = await run('ws', { pingIntervalMs: IDLE_MS + 100 }, by);
      expect(outcome).toEqual(smallOutcome);
      expect(record.counters).toMatchObject({ connections: 2, reconnects: 1 });
      const [lost] = record.recoveries ?? [];
      expect(lost).toMatchObject({ action: 'reconnect', cause: { code: 'ping_timeout' } });
      const noticeUs = lost?.noticeUs ?? NaN;
      expect(noticeUs).toBeGreaterThan(10 * (lost?.recoveryUs ?? NaN));
      expect(noticeUs).toBeLessThan(record.steps[1]?.durationUs ?? NaN);

      const arm = partsOf('ws', record);
      expect(arm?.parts.outage).toBeGreaterThanOrEqual(noticeUs);
      expect(Object.values(arm?.parts ?? {}).reduce((sum, us) => sum + us, 0)).toBe(arm?.e2eUs);
    },
  );

  it('ws loses nothing where it is pinged more often', async () => {
    const { record, outcome } = await run('ws', { pingIntervalMs: IDLE_MS / 4 });
    expect(outcome).toEqual(smallOutcome);
    expect(record.recoveries).toBeUndefined();
  });
});
