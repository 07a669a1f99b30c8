import { describe, expect, it } from 'vitest';
import { MAX_US } from '../../src/measure/histogram.ts';
import type { RoundRecord, WorkflowRecord } from '../../src/result/record.ts';
import { metricNames, resultJsonSchema, resultSchema } from '../../src/result/schema.ts';
import { madeUpResult } from './made-up.ts';

const workflowsOn = (rounds: RoundRecord[], name: string): WorkflowRecord[] =>
  rounds.flatMap((round) => round.workflows[name] ?? []);

describe('buildResult', () => {
  it('fits its own schema', () => {
    expect(() => resultSchema.parse(madeUpResult())).not.toThrow();
  });

  it('gives every metric of every transport, null where it did not occur', () => {
    const { http } = madeUpResult().transports;
    expect(Object.keys(http?.metrics ?? {})).toEqual([...metricNames]);
    expect(http?.metrics.dns).toMatchObject({ count: 0, p50: null, histogram: null });
    expect(http?.metrics.ws_upgrade).toMatchObject({ count: 0 });
  });

  it('counts a handshake for every connection, a step for every call, an end for every workflow', () => {
    const { http, ws } = madeUpResult({ rounds: 10, steps: 4 }).transports;
    expect(http?.metrics.handshake?.count).toBe(40);
    expect(http?.counters.connections).toBe(40);
    expect(ws?.metrics.handshake?.count).toBe(10);
    expect(ws?.metrics.handshake?.p50).toBe(200 + 2000 + 600);
    expect(ws?.metrics.step_duration?.count).toBe(40);
    expect(ws?.metrics.workflow_e2e?.count).toBe(10);
    expect(ws?.metrics.tool_time?.count).toBe(30);
    expect(ws?.metrics.inter_token).toMatchObject({ count: 3, mean: 1000 });
  });

  it('gives each step its own row', () => {
    const steps = madeUpResult({ rounds: 10, steps: 4 }).transports['ws']?.steps;
    expect(steps?.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(steps?.[2]).toMatchObject({ completed: 10, failed: 0, medianBytesSent: 21_000 });
    expect(steps?.[2]?.metrics.step_duration?.count).toBe(10);
  });

  it('keeps failures in the counts and counters, and out of the metrics', () => {
    const { ws } = madeUpResult({
      rounds: 3,
      steps: 4,
      edit(rounds) {
        const [workflow] = workflowsOn(rounds, 'ws');
        const step = workflow?.steps[3];
        if (workflow === undefined || step === undefined) return;
        workflow.state = 'failed';
        workflow.e2eUs = 1;
        Object.assign(step, { state: 'failed', durationUs: 1, failure: { kind: 'timeout' } });
      },
    }).transports;
    expect(ws?.workflows).toEqual({ attempted: 3, completed: 2, failed: 1 });
    expect(ws?.counters.requests).toBe(12);
    expect(ws?.metrics.workflow_e2e?.count).toBe(2);
    expect(ws?.metrics.step_duration?.count).toBe(11);
    expect(ws?.metrics.step_duration?.min).toBeGreaterThan(1);
    expect(ws?.steps[3]).toMatchObject({ completed: 2, failed: 1 });
  });

  it('gives what recoveries took, those that came to nothing aside', () => {
    const { ws, http } = madeUpResult({
      edit(rounds) {
        for (const workflow of workflowsOn(rounds, 'ws').slice(0, 3)) {
          const lost = { step: 1, cause: { kind: 'closed' }, atUs: 5, waitedUs: 0 } as const;
          workflow.recoveries = [
            { ...lost, action: 'reconnect', noticeUs: 400, recoveryUs: 7000, over: 'websocket' },
            { ...lost, action: 'give_up', recoveryUs: null, over: 'websocket' },
          ];
          workflow.counters.reconnects = 1;
        }
      },
    }).transports;
    expect(ws?.metrics.recovery).toMatchObject({ count: 3, p50: 7000 });
    expect(ws?.metrics.time_to_notice).toMatchObject({ count: 3, p50: 400 });
    expect(ws?.counters.reconnects).toBe(3);
    expect(http?.metrics.recovery).toMatchObject({ count: 0, p50: null });
  });

  it('counts interrupted workflows apart', () => {
    const { ws } = madeUpResult({
      edit(rounds) {
        for (const workflow of workflowsOn(rounds, 'ws').slice(8)) workflow.state = 'aborted';
      },
    }).transports;
    expect(ws?.workflows).toEqual({ attempted: 10, completed: 8, failed: 0, aborted: 2 });
  });

  it('stands without a single round: interrupted while warming up', () => {
    const result = madeUpResult({ edit: (rounds) => rounds.splice(0) });
    expect(result.transports['ws']?.metrics.workflow_e2e).toMatchObject({ count: 0, p50: null });
    expect(() => resultSchema.parse(result)).not.toThrow();
  });

  it('takes secrets out of the URL', () => {
    const endpoint = {
      kind: 'url' as const,
      url: 'https://user:secret@example.com/v1?api-key=secret#secret',
      profile: null,
      link: null,
    };
    const result = madeUpResult({ run: { endpoint } });
    expect(result.run.endpoint.url).toBe('https://example.com/v1');
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

describe('warnings', () => {
  it('has none for a clean run, and keeps what the run noticed', () => {
    expect(madeUpResult().warnings).toEqual([]);
    const noticed = { code: 'busy', message: 'the machine was busy' };
    expect(madeUpResult({ warnings: [noticed] }).warnings).toEqual([noticed]);
  });

  it.each([
    {
      code: 'residual',
      why: 'phases leave more than 1 % unexplained, in either direction',
      edit: (workflow: WorkflowRecord) => {
        workflow.phases.residualUs = -Math.ceil(workflow.e2eUs * 0.011);
      },
    },
    {
      code: 'outcomes_differ',
      why: 'transports ended with different work',
      edit: (workflow: WorkflowRecord) => {
        workflow.outcomeSha256 = 'ef'.repeat(32);
      },
    },
    {
      code: 'script_left',
      why: 'the model called something else',
      edit: (workflow: WorkflowRecord) => {
        const [step] = workflow.steps;
        if (step !== undefined) step.deviations = ['other_call'];
      },
    },
    {
      code: 'clamped',
      why: 'longer than a histogram holds',
      edit: (workflow: WorkflowRecord) => {
        workflow.e2eUs = MAX_US + 1;
      },
    },
    {
      code: 'fell_back',
      why: 'HTTP took over from a refused WebSocket',
      edit: (workflow: WorkflowRecord) => {
        workflow.fellBack = true;
      },
    },
  ])('$code: $why', ({ code, edit }) => {
    const { warnings } = madeUpResult({
      edit(rounds) {
        const [workflow] = workflowsOn(rounds, 'ws');
        if (workflow !== undefined) edit(workflow);
      },
    });
    expect(warnings.map((warning) => warning.code)).toEqual([code]);
  });

  it.each([
    {
      why: 'a residual of 1 % is fine',
      edit: (w: WorkflowRecord) => (w.phases.residualUs = Math.floor(w.e2eUs * 0.01)),
    },
    {
      why: 'a failed workflow may end anyhow',
      edit: (w: WorkflowRecord) =>
        Object.assign(w, { state: 'failed', outcomeSha256: 'ef'.repeat(32) }),
    },
  ])('none where $why', ({ edit }) => {
    const { warnings } = madeUpResult({
      edit(rounds) {
        for (const workflow of workflowsOn(rounds, 'ws')) edit(workflow);
      },
    });
    expect(warnings).toEqual([]);
  });
});

describe('fingerprint', () => {
  const link = {
    rttMs: 10,
    bandwidthBitsPerSecond: null,
    jitterMs: 0,
    slowStart: true,
    receiveWindowBytes: 65_536,
  };
  const base = madeUpResult().run;
  it.each([
    {
      why: 'host and port of a mock',
      run: { endpoint: { ...base.endpoint, url: 'http://127.0.0.1:9/v1' } },
      same: true,
    },
    {
      why: 'the order of the transports',
      run: { options: { ...base.options, transports: ['ws', 'http-keepalive', 'http'] } },
      same: true,
    },
    { why: 'the seed', run: { seed: 2 }, same: true },
    {
      why: 'another scenario',
      run: { scenario: { ...base.scenario, sha256: '00'.repeat(32) } },
      same: false,
    },
    {
      why: 'another number in the profile',
      run: {
        endpoint: {
          ...base.endpoint,
          profile: { name: 'fast', description: '', decode: { tokensPerSecond: 65 } },
        },
      },
      same: false,
    },
    { why: 'a link', run: { endpoint: { ...base.endpoint, link } }, same: false },
  ])('$why: same is $same', ({ run, same }) => {
    const { fingerprint } = madeUpResult({ run }).run;
    if (same) expect(fingerprint).toEqual(base.fingerprint);
    else expect(fingerprint).not.toEqual(base.fingerprint);
  });

  it('does not depend on the order of keys in a profile', () => {
    const { profile } = base.endpoint;
    const reversed = Object.fromEntries(Object.entries(profile ?? {}).reverse()) as typeof profile;
    const { fingerprint } = madeUpResult({
      run: { endpoint: { ...base.endpoint, profile: reversed } },
    }).run;
    expect(fingerprint).toEqual(base.fingerprint);
  });
});

it('prints its JSON Schema with the keys of the contract', () => {
  const schema = resultJsonSchema();
  expect(Object.keys(schema)).toEqual(
    expect.arrayContaining(['$schema', '$id', 'title', 'properties']),
  );
  expect(Object.keys(schema['properties'] as object)).toEqual([
    'schema',
    'tool',
    'run',
    'environment',
    'transports',
    'rounds',
    'comparisons',
    'control',
    'attribution',
    'load',
    'calibration',
    'warnings',
  ]);
});
