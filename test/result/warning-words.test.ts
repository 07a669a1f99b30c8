import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FactsOf, hasWarning, type WarningCode } from '../../src/result/warnings/kinds.ts';
import { wordWarning } from '../../src/result/warnings/words.ts';

const differences = [{ key: 'cores', base: '2', candidate: '4' }];
const stalls = { steps: 3, allSteps: 40, stalledShare: 0.0425 };
const ofWorkflows = { transport: 'ws', workflows: 2, allWorkflows: 30 };

/** Every kind, in each of its shapes, with the keys that a result keeps. */
const samples: { [Code in WarningCode]: [facts: FactsOf<Code>, keys: string[]][] } = {
  unfit: [
    [{ code: 'unfit', utilisation: 0.98 }, ['utilisation']],
    [{ code: 'unfit', utilisation: 0.98, workers: { which: [1, 3], of: 4 } }, ['utilisation']],
    [{ code: 'unfit', ...stalls }, ['steps', 'stalledShare']],
  ],
  busy: [
    [{ code: 'busy', utilisation: 0.45, limit: 0.3 }, ['utilisation']],
    [
      { code: 'busy', utilisation: 0.45, limit: 0.3, workers: { which: [2], of: 2 } },
      ['utilisation'],
    ],
    [
      { code: 'busy', utilisation: 0.45, limit: 0.3, workers: { which: [1, 2], of: 2 } },
      ['utilisation'],
    ],
  ],
  main_busy: [[{ code: 'main_busy', utilisation: 0.93 }, ['utilisation']]],
  late_loop: [[{ code: 'late_loop', loopDelayP99Us: 8100 }, ['loopDelayP99Us']]],
  stalled_steps: [[{ code: 'stalled_steps', ...stalls }, ['steps', 'stalledShare']]],
  stolen_cpu: [[{ code: 'stolen_cpu', stolenShare: 0.06 }, ['stolenShare']]],
  outcomes_differ: [[{ code: 'outcomes_differ', rounds: 1, allRounds: 20 }, ['rounds']]],
  output_differs: [
    [
      {
        code: 'output_differs',
        least: { transport: 'http', tokensPerWorkflow: 90 },
        most: { transport: 'ws', tokensPerWorkflow: 110 },
      },
      [],
    ],
  ],
  fell_behind: [
    [
      {
        ...{ code: 'fell_behind', transport: 'ws' },
        ...{ offeredPerSecond: 30, completedPerSecond: 21.1, growth: 0.42 },
      },
      ['transport', 'offeredPerSecond', 'completedPerSecond', 'growth'],
    ],
  ],
  held_back: [
    [{ code: 'held_back', ...ofWorkflows, mostOpen: 20 }, ['transport', 'workflows', 'mostOpen']],
  ],
  residual: [
    [
      { code: 'residual', ...ofWorkflows, worstPercent: 1.4 },
      ['transport', 'workflows', 'worstPercent'],
    ],
  ],
  handshakes_paced: [
    [
      { code: 'handshakes_paced', transport: 'http', pacedUs: 200, totalUs: 10_000 },
      ['transport', 'pacedUs'],
    ],
  ],
  script_left: [
    [{ code: 'script_left', transport: 'ws', steps: 1, allSteps: 40 }, ['transport', 'steps']],
  ],
  clamped: [[{ code: 'clamped', transport: 'ws', workflows: 1 }, ['transport', 'workflows']]],
  fell_back: [[{ code: 'fell_back', ...ofWorkflows }, ['transport', 'workflows']]],
  stray_events: [[{ code: 'stray_events', transport: 'ws', events: 4 }, ['transport', 'events']]],
  overlooked: [
    [
      { code: 'overlooked', transport: 'http', times: { no_event: 3, no_end: 1 } },
      ['transport', 'times'],
    ],
  ],
  server_contradicted: [
    [
      { code: 'server_contradicted', transport: 'ws', steps: 1, allSteps: 40 },
      ['transport', 'steps'],
    ],
  ],
  drift: [
    [
      { code: 'drift', transport: 'ws', base: 'http', changePercent: 10.2 },
      ['transport', 'changePercent'],
    ],
  ],
  rounds_correlate: [
    [
      {
        code: 'rounds_correlate',
        transport: 'ws',
        base: 'http',
        lag1: 0.71,
        rounds: 64,
        worthRounds: 11,
      },
      ['transport', 'lag1', 'worthRounds'],
    ],
  ],
  aa_differs: [[{ code: 'aa_differs', base: 'http', lowerRatio: 1.01, upperRatio: 1.04 }, []]],
  redirected: [
    [{ code: 'redirected', redirects: 2, url: 'https://example.com/v1' }, ['redirects']],
  ],
  unsupported: [
    [
      { code: 'unsupported', transport: 'ws', provider: 'azure', why: 'it has no WebSocket mode' },
      ['transport'],
    ],
  ],
  idle_cache_off: [
    [{ code: 'idle_cache_off', kinds: ['prefix', 'embeddings'], profile: 'fast' }, ['kinds']],
  ],
  history_unread: [[{ code: 'history_unread', profile: 'gateway-redis' }, []]],
  field_refused: [[{ code: 'field_refused', field: 'include' }, ['field']]],
  compressed_tool_time: [[{ code: 'compressed_tool_time' }, []]],
  precision_missed: [
    [{ code: 'precision_missed', askedPercent: 1, gotPercent: 2.4, cap: { kind: 'time' } }, []],
    [
      {
        code: 'precision_missed',
        askedPercent: 1,
        gotPercent: null,
        cap: { kind: 'rounds', maxRounds: 5 },
      },
      [],
    ],
  ],
  baseline_missing: [[{ code: 'baseline_missing', reason: 'no such folder' }, []]],
  baseline_unlike: [[{ code: 'baseline_unlike', differences }, []]],
  advisory: [
    [{ code: 'advisory', differences, forced: true }, []],
    [{ code: 'advisory', differences, forced: false }, []],
  ],
  not_interleaved: [[{ code: 'not_interleaved' }, []]],
  too_few_rounds: [[{ code: 'too_few_rounds', pairs: 1, comparisons: 9, neededRounds: 12 }, []]],
  machines_differ: [
    [{ code: 'machines_differ', machines: ['One CPU, Node 20', 'Another, Node 22'] }, ['machines']],
  ],
  shards_missing: [
    [{ code: 'shards_missing', missing: [2], count: 4 }, ['missing', 'count']],
    [{ code: 'shards_missing', missing: [2, 3], count: 4 }, ['missing', 'count']],
  ],
  shards_incomplete: [[{ code: 'shards_incomplete', shards: ['shard 2/4 (killed)'] }, ['shards']]],
  incomplete: [
    [{ code: 'incomplete', stopReason: 'interrupted' }, []],
    [{ code: 'incomplete', stopReason: undefined }, []],
  ],
  failed_workflows: [[{ code: 'failed_workflows', ...ofWorkflows }, []]],
};

const codes = Object.keys(samples) as WarningCode[];

describe('the words of a warning', () => {
  it.each(
    Object.values(samples)
      .flat()
      .map(([facts, keys]) => ({ kind: facts.code, facts, keys })),
  )('$kind: one line, and the keys that a result keeps', ({ facts, keys }) => {
    const { code, message, ...recorded } = wordWarning(facts);
    expect(code).toBe(facts.code);
    expect(message).toMatch(/^\S.{20,}[^\s;,]$/);
    expect(message).not.toMatch(/undefined|NaN|\[object/);
    expect(Object.keys(recorded)).toEqual(keys);
  });

  it('differ from kind to kind and from shape to shape', () => {
    const messages = Object.values(samples)
      .flat()
      .map(([facts]) => wordWarning(facts).message);
    expect(new Set(messages).size).toBe(messages.length);
  });
});

it('every kind of warning is made somewhere', () => {
  const src = join(import.meta.dirname, '../../src');
  const made = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/warning-(kinds|words)\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(join(src, file), 'utf8').matchAll(/code: '(\w+)'/g)])
    .map(([, code]) => code);
  expect(codes.filter((code) => !made.includes(code))).toEqual([]);
});

it('a warning of a later version is none of ours', () => {
  const later = { warnings: [{ code: 'of_a_later_version' }, { code: 'busy' }] };
  expect(codes.filter((code) => hasWarning(later, code))).toEqual(['busy']);
});
