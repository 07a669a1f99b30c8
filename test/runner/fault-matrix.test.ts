import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCertificate } from '../../src/listen/certificate.ts';
import { parseFaults } from '../../src/mock/fault/spec.ts';
import type { MockOptions } from '../../src/mock/server.ts';
import type { WorkflowRecord } from '../../src/result/record.ts';
import { summariseTransport } from '../../src/result/summarise.ts';
import type { OutcomeItem } from '../../src/runner/records/answer.ts';
import { createProbeSchedule } from '../../src/runner/recovery/probe-schedule.ts';
import { defaultRecovery } from '../../src/runner/recovery/recovery.ts';
import { runSession } from '../../src/runner/session.ts';
import type { Script } from '../../src/scenario/script.ts';
import {
  connectorOf,
  createTransport,
  type TransportName,
  transports,
} from '../../src/transport/index.ts';
import { defaultSessionLimits } from '../../src/transport/session-limits.ts';
import { contextWitness } from '../support/context-witness.ts';
import { mockForTest } from '../support/mock.ts';
import { smallScript } from '../support/script.ts';
import { type End, type Rule, rules } from './fault-rules.ts';

const WORKFLOWS = 10;
/** Longer than any step takes on a busy machine, unless it hangs. */
const PATIENCE_MS = 50_000;
const names = Object.keys(transports) as TransportName[];
const matrix: string[] = [];
let tls: Extract<MockOptions['tls'], { kind: 'files' }>;

beforeAll(async () => {
  tls = { kind: 'files', ...(await generateCertificate('127.0.0.1')) };
});

afterAll(() => {
  const heads = names.map((name) => name.padEnd(COLUMN)).join('');
  console.log([`Of ${WORKFLOWS} workflows each:`, `  ${heads}`, ...matrix].join('\n'));
});

describe('every fault on every arm', () => {
  it.each(rules)('$fault: $why', async (rule) => {
    const cells = await Promise.all(names.map((name) => runCell(rule, name)));
    matrix.push(labelOf(rule), `  ${cells.map((cell) => cellText(cell).padEnd(COLUMN)).join('')}`);
    for (const cell of cells) {
      const { name, sessions } = cell;
      const kind = connectorOf(name).carrier === 'websocket' ? rule.ws : rule.http;
      checkEnds(cell, rule.but?.[name] ?? kind);
      for (const session of sessions) checkSession(session);
      const records = sessions.map(({ record }) => record);
      const rounds = records.map((record, index) => ({
        index,
        order: [name],
        workflows: { [name]: record },
      }));
      const failed = records.filter(({ state }) => state === 'failed').length;
      // None is lost from the counts.
      expect(summariseTransport(name, rounds).workflows).toEqual({
        attempted: WORKFLOWS,
        completed: WORKFLOWS - failed,
        failed,
      });
    }
  });
});

interface Session {
  record: WorkflowRecord;
  outcome: readonly OutcomeItem[];
  /** How often each tool of the script was run, in the order of the results. */
  toolRuns: number[];
  calls: string[];
  answers: string[];
}

interface Cell {
  name: TransportName;
  sessions: Session[];
}

async function runCell(rule: Rule, name: TransportName): Promise<Cell> {
  const secure = name === 'http2';
  const mock = await mockForTest({
    ...(secure && { tls }),
    ...(rule.fault !== '' && { fault: { rules: parseFaults(rule.fault, 'fault'), seed: 1 } }),
  });
  const endpoint = {
    baseUrl: new URL(mock.url),
    headers: {},
    insecure: false,
    ...(secure && { ca: tls.cert }),
  };
  const { connectTimeoutMs = PATIENCE_MS } = rule;
  const limits = { ...defaultSessionLimits, connectTimeoutMs };
  // Long past the end of the test: who fell back stays there.
  const probes = createProbeSchedule(3_600_000, () => performance.now());
  const sessions = Array.from({ length: WORKFLOWS }, async (_, seed): Promise<Session> => {
    const witness = contextWitness();
    const { script, toolRuns } = countingTools();
    const { record, outcome } = await runSession(
      {
        script,
        model: script.name,
        policy: transports[name],
        toolTimeFactor: 0.2,
        timeoutMs: rule.timeoutMs ?? PATIENCE_MS,
        recovery: { ...defaultRecovery, ...rule.limits },
        seed,
      },
      {
        transport: witness.wrap(createTransport(name, endpoint, limits)),
        signal: new AbortController().signal,
        fallback: {
          open: () => witness.wrap(createTransport('http-keepalive', endpoint, limits)),
          probes,
        },
      },
    );
    return { record, outcome, toolRuns, calls: witness.calls(), answers: witness.answers() };
  });
  const ended = await Promise.all(sessions);
  await mock.close();
  return { name, sessions: ended };
}

/** The script, its tools counting how often they are run: whoever runs one asks how long it takes. */
function countingTools(): { script: Script; toolRuns: number[] } {
  const toolRuns: number[] = [];
  const turns = smallScript.turns.map((turn) => ({
    ...turn,
    toolResults: turn.toolResults.map(({ output, timeMs }) => {
      const index = toolRuns.push(0) - 1;
      return {
        output,
        get timeMs() {
          toolRuns[index] = (toolRuns[index] ?? 0) + 1;
          return timeMs;
        },
      };
    }),
  }));
  return { script: { ...smallScript, turns }, toolRuns };
}

const faultless: readonly OutcomeItem[] = smallScript.turns.flatMap(({ model }) => [
  ...(model.text === undefined ? [] : [{ kind: 'text' as const, text: model.text }]),
  ...model.calls.map((call) => ({ kind: 'call' as const, ...call })),
]);

function checkSession({ record, outcome, toolRuns, calls, answers }: Session): void {
  const { steps, state } = record;
  expect(steps.map(({ index }) => index)).toEqual([...steps.keys()]);
  expect(Math.max(...toolRuns)).toBeLessThanOrEqual(1);
  if (state === 'failed') {
    expect(steps.map((step) => step.state)).toEqual([
      ...steps.slice(1).map(() => 'completed'),
      'failed',
    ]);
    return;
  }
  expect(outcome).toEqual(faultless);
  expect(toolRuns).toEqual([1, 1, 1]);
  expect(answers).toEqual(calls);
  expect(new Set(answers).size).toBe(3);
}

function checkEnds({ name, sessions }: Cell, end: End): void {
  const records = sessions.map(({ record }) => record);
  const failed = records.filter(({ state }) => state === 'failed');
  const actions = new Set(
    records.flatMap(({ recoveries = [] }) => recoveries.map(({ action }) => action)),
  );
  switch (end.ends) {
    case 'untouched':
      expect({ name, failed: failed.length, actions: [...actions] }).toEqual({
        name,
        failed: 0,
        actions: [],
      });
      return;
    case 'completed':
      expect({ name, failed: failed.map(failureOf) }).toEqual({ name, failed: [] });
      return;
    case 'recovered':
      expect({ name, failed: failed.map(failureOf), actions: [...actions].sort() }).toEqual({
        name,
        failed: [],
        actions: end.by.toSorted(),
      });
      return;
    case 'some failed':
      expect(failed.length).toBeGreaterThan(0);
      expect(failed.length).toBeLessThan(WORKFLOWS);
      for (const record of failed) expect(failureOf(record)).toMatchObject(end.as);
      return;
    case 'failed':
      expect({ name, failed: failed.length }).toEqual({ name, failed: WORKFLOWS });
      for (const record of failed) expect(failureOf(record)).toMatchObject(end.as);
  }
}

function failureOf({ steps }: WorkflowRecord): object | undefined {
  return steps.find(({ state }) => state === 'failed')?.failure;
}

const COLUMN = 21;

function labelOf({ fault, why, limits: { retries = 0, retryPartial = false } = {} }: Rule): string {
  const asked = [`--retries ${retries}`, ...(retryPartial ? ['--retry-partial'] : [])].join(' ');
  return `${fault === '' ? 'no fault' : fault}${retries > 0 ? `, ${asked}` : ''} (${why})`;
}

/** `18 ok, 2 retry`: how many completed, and what was done about failures. */
function cellText({ sessions }: Cell): string {
  const counts = new Map<string, number>();
  for (const { record } of sessions) {
    for (const { action } of record.recoveries ?? []) {
      if (action !== 'give_up') counts.set(action, (counts.get(action) ?? 0) + 1);
    }
  }
  const completed = sessions.filter(({ record }) => record.state === 'completed').length;
  return [`${completed} ok`, ...[...counts].map(([action, count]) => `${count} ${action}`)].join(
    ', ',
  );
}
