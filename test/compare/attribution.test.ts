import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/compare/attribution/attribute.ts';
import type { Attribution } from '../../src/result/attribution.ts';
import type { RoundRecord, StepRecord, WorkflowRecord } from '../../src/result/record.ts';
import { madeUpRounds } from '../result/made-up.ts';

const names = ['http', 'http-keepalive', 'ws'];
const STEPS = 4;

function roundsWith(edit: (step: StepRecord, name: string) => void): RoundRecord[] {
  const rounds = madeUpRounds(names, 7, STEPS);
  for (const { workflows } of rounds) {
    for (const [name, { steps }] of Object.entries(workflows)) {
      for (const step of steps) edit(step, name);
    }
  }
  return rounds;
}

/** All from request to answer is waiting, in every workflow; `phases` of the workflow follow. */
function waits(step: StepRecord, waitingUs: number): void {
  step.phases.streamingUs += step.phases.waitingUs - waitingUs;
  step.phases.waitingUs = waitingUs;
}

function sumUp(rounds: readonly RoundRecord[]): RoundRecord[] {
  for (const { workflows } of rounds) {
    for (const workflow of Object.values(workflows)) {
      for (const phase of ['waitingUs', 'streamingUs'] as const) {
        workflow.phases[phase] = workflow.steps.reduce((sum, step) => sum + step.phases[phase], 0);
      }
    }
  }
  return [...rounds];
}

function expectWhole({ arms }: Attribution, rounds: readonly RoundRecord[]): void {
  for (const [name, { e2eUs, parts }] of Object.entries(arms)) {
    expect(Object.values(parts).reduce((sum, us) => sum + us, 0)).toBe(e2eUs);
    const e2e = rounds.map(({ workflows }) => workflows[name]?.e2eUs ?? NaN);
    expect(Math.abs(e2eUs - e2e.reduce((sum, us) => sum + us, 0) / e2e.length)).toBeLessThan(0.51);
  }
}

describe('attribute', () => {
  it('splits every arm into parts that add up to its mean', () => {
    const rounds = madeUpRounds(names, 7, STEPS);
    const found = attribute(names, rounds, null) ?? expect.fail('nothing');
    expect(found).toMatchObject({ rounds: 7, serverStages: 'undeclared' });
    expect(Object.keys(found.arms)).toEqual(names);
    expectWhole(found, rounds);
    expect(found.arms['http-keepalive']?.parts).toMatchObject({
      toolTime: 180_000,
      requestWrite: 400,
      waiting: 12_000,
      clientOverhead: 3600,
    });
    // Waiting and streaming are not told apart from the server's work; what took no time is left out.
    expect(Object.keys(found.arms['http']?.parts ?? {})).toEqual([
      'toolTime',
      'tcpConnect',
      'tlsHandshake',
      'requestWrite',
      'waiting',
      'streaming',
      'clientOverhead',
    ]);
  });

  it('shares the openings out as their connections took them', () => {
    const { arms = {} } = attribute(names, madeUpRounds(names, 7, STEPS), null) ?? {};
    // 200 µs TCP, 2000 µs TLS and, over WebSocket, 600 µs for the upgrade.
    expect(arms['http']?.parts).toMatchObject({ tcpConnect: 1018, tlsHandshake: 10_182 });
    expect(arms['ws']?.parts).toMatchObject({
      tcpConnect: 200,
      tlsHandshake: 2000,
      wsUpgrade: 600,
    });
  });

  it('takes stages as declared, and leaves the rest undeclared', () => {
    const rounds = roundsWith((step) => {
      step.server = { stagesUs: { admit: 1000, prefill: 20_000, decode: 200_000, post: 7000 } };
      step.parsingUs = 500;
    });
    const found = attribute(names, rounds, null) ?? expect.fail('nothing');
    expect(found.serverStages).toBe('declared');
    expectWhole(found, rounds);
    for (const { parts } of Object.values(found.arms)) {
      expect(parts).toMatchObject({ admit: 4000, prefill: 80_000, decode: 800_000 });
      // Parsing while the model talks costs nothing of its own.
      expect(parts.clientOverhead).toBe(4 * (900 - 500));
      // Work after the answer is nobody's wait.
      expect(parts).not.toHaveProperty('post');
      expect(parts).not.toHaveProperty('streaming');
      expect(parts.undeclared).toBeGreaterThan(0);
    }
  });

  it('gives the server the time in which it worked before we heard that all was written', () => {
    const rounds = roundsWith((step) => {
      // 3000 µs waiting, all of the streaming, and 60 of the 100 µs of writing.
      const { waitingUs, streamingUs } = step.phases;
      step.server = { stagesUs: { decode: waitingUs + streamingUs + 60 } };
    });
    const found = attribute(names, rounds, null) ?? expect.fail('nothing');
    expect(found.serverStages).toBe('declared');
    expectWhole(found, rounds);
    expect(found.arms['ws']?.parts.requestWrite).toBe(4 * 40);
    expect(found.arms['ws']?.parts).not.toHaveProperty('undeclared');
  });

  it.each([
    {
      why: 'one step says nothing',
      serverStages: 'undeclared',
      server: (step: StepRecord, name: string) =>
        name === 'ws' && step.index === 2 ? undefined : { stagesUs: { decode: 200_000 } },
    },
    {
      why: 'only the work after the answer is declared',
      serverStages: 'undeclared',
      server: () => ({ stagesUs: { post: 5000 } }),
    },
    {
      why: 'more is declared than passed',
      serverStages: 'contradicted',
      server: (step: StepRecord) => ({ stagesUs: { decode: step.durationUs + 20_000 } }),
    },
  ])('splits nothing by stages where $why', ({ serverStages, server }) => {
    const rounds = roundsWith((step, name) => {
      step.server = server(step, name);
    });
    const found = attribute(names, rounds, null) ?? expect.fail('nothing');
    expect(found.serverStages).toBe(serverStages);
    expectWhole(found, rounds);
    expect(found.arms['ws']?.parts).not.toHaveProperty('decode');
    expect(found.arms['ws']?.parts.waiting).toBe(12_000);
  });

  it('leaves out what is not believed of one step, and nothing else', () => {
    const rounds = roundsWith((step, name) => {
      if (name === 'ws' && step.index === 2) step.serverContradicted = true;
      else step.server = { stagesUs: { decode: 10_000 } };
    });
    const found = attribute(names, rounds, null) ?? expect.fail('nothing');
    expect(found.serverStages).toBe('declared');
    expectWhole(found, rounds);
    expect(found.arms['http']?.parts).toMatchObject({ decode: STEPS * 10_000 });
    expect(found.arms['ws']?.parts).toMatchObject({ decode: (STEPS - 1) * 10_000 });
    expect(found.arms['ws']?.parts.waiting).toBeGreaterThan(0);
  });

  it('takes the round trip and the upload beyond it from the link', () => {
    const rounds = sumUp(
      roundsWith((step, name) => {
        waits(step, 130_000);
        // Half a round trip on the way; the first request of all, and every one of `http`, takes two more.
        const slow = name === 'http' || step.index === 0;
        step.uploadUs = 100 + 20_000 + (slow ? 80_000 : 0);
      }),
    );
    const found = attribute(names, rounds, 40) ?? expect.fail('nothing');
    expectWhole(found, rounds);
    expect(found.arms['http']?.parts).toMatchObject({
      roundTrip: 160_000,
      upload: 320_000,
      waiting: 40_000,
    });
    expect(found.arms['ws']?.parts).toMatchObject({
      roundTrip: 160_000,
      upload: 80_000,
      waiting: 280_000,
    });
  });

  it.each([
    { declares: true, from: 'undeclared', why: 'what the server leaves of the time' },
    { declares: false, from: 'streaming', why: 'the stream, where it declares nothing' },
  ] as const)(
    'takes what the link held an answer up by out of $from: $why',
    ({ declares, from }) => {
      const HELD_UP_US = 30_000;
      const parts = [0, HELD_UP_US, 10_000_000].map((downloadUs) => {
        const rounds = sumUp(
          roundsWith((step) => {
            waits(step, 130_000);
            if (declares) step.server = { stagesUs: { decode: 10_000 } };
            if (downloadUs > 0) step.downloadUs = downloadUs;
          }),
        );
        const found = attribute(names, rounds, 40) ?? expect.fail('nothing');
        expectWhole(found, rounds);
        return found.arms['ws']?.parts ?? {};
      });
      const [none = {}, some = {}, more = {}] = parts;
      expect(none.download).toBeUndefined();
      expect(some.download).toBe(STEPS * HELD_UP_US);
      expect(some[from]).toBe((none[from] ?? 0) - STEPS * HELD_UP_US);
      // Never more than there is.
      expect(more.download).toBe(none[from]);
    },
  );

  it('never takes more for the network than was waited', () => {
    const rounds = roundsWith((step) => {
      step.uploadUs = 500_000;
      step.queuedUs = 1000;
    });
    const found = attribute(names, rounds, 1) ?? expect.fail('nothing');
    expectWhole(found, rounds);
    expect(found.arms['ws']?.parts).toMatchObject({ queued: 4000, roundTrip: 4000, upload: 4000 });
    expect(found.arms['ws']?.parts).not.toHaveProperty('waiting');
  });

  it('shows apart what waited for the previous answer to end', () => {
    const rounds = sumUp(
      roundsWith((step, name) => {
        waits(step, 9000);
        if (name === 'http-keepalive' && step.index > 0) step.queuedUs = 5000;
      }),
    );
    const found = attribute(names, rounds, null) ?? expect.fail('nothing');
    expect(found.arms['http-keepalive']?.parts).toMatchObject({ queued: 15_000, waiting: 21_000 });
    expect(found.arms['ws']?.parts).not.toHaveProperty('queued');
  });

  it('speaks of the rounds that every arm completed as what it is', () => {
    const rounds = madeUpRounds(names, 5, STEPS);
    const edit = (round: number, name: string, change: Partial<WorkflowRecord>): void => {
      Object.assign(rounds[round]?.workflows[name] ?? {}, change);
    };
    edit(0, 'http', { state: 'failed' });
    edit(1, 'ws', { fellBack: true });
    delete rounds[2]?.workflows['http-keepalive'];
    const found = attribute(names, rounds, null) ?? expect.fail('nothing');
    expect(found.rounds).toBe(2);
    expectWhole(found, rounds.slice(3));
  });

  it('leaves out an arm that never completed, and is null where nothing is left', () => {
    const rounds = madeUpRounds(names, 3, STEPS);
    for (const { workflows } of rounds) Object.assign(workflows['ws'] ?? {}, { fellBack: true });
    const found = attribute(names, rounds, null);
    expect(Object.keys(found?.arms ?? {})).toEqual(['http', 'http-keepalive']);
    expect(found?.breakEven).toEqual([]);
    expect(attribute(names, [], null)).toBeNull();
  });

  it('sets WebSocket against kept-alive HTTP and against the base, each once', () => {
    const against = (order: string[]): string[] =>
      (attribute(order, madeUpRounds(order, 7, 2), null)?.breakEven ?? []).map(({ base }) => base);
    expect(against(names)).toEqual(['http-keepalive', 'http']);
    expect(against(['http-keepalive', 'ws'])).toEqual(['http-keepalive']);
    expect(against(['ws', 'http-keepalive'])).toEqual(['http-keepalive']);
    expect(against(['http', 'http-keepalive'])).toEqual([]);
  });
});
