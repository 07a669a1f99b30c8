import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gate } from '../../src/app/gate.ts';
import { attribute } from '../../src/compare/attribution/attribute.ts';
import { gateReporters, reporters } from '../../src/report/index.ts';
import type { Result } from '../../src/result/schema.ts';
import { transports } from '../../src/transport/index.ts';
import { type MadeUp, madeUpResult } from '../result/made-up.ts';

const SIZE_LIMIT = 400_000;

function attributed(made: MadeUp = {}): Result {
  const result = madeUpResult(made);
  return { ...result, attribution: attribute(result.run.options.transports, result.rounds, null) };
}

/** The text of a page's tables, tags away, a cell a line. */
const cellsOf = (html: string): string[] =>
  [...html.matchAll(/<(?:td|th)[^>]*>(.*?)<\/(?:td|th)>/g)].map(([, inside = '']) =>
    inside.replaceAll(/<[^>]*>/g, '').replaceAll('\u00a0', ' '),
  );

describe('the page to look at', () => {
  const html = reporters.html(attributed());

  it('asks nobody for anything, and lets nothing run but its own script', () => {
    expect(html).not.toMatch(/(?:src|href|action)="(?!data:,)/);
    expect(html).not.toMatch(/https?:\/\/(?!127\.0\.0\.1)|@import|url\(/);
    expect(html).not.toMatch(/ on\w+=| style="/);
    for (const tag of ['style', 'script']) {
      const [, text = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(html) ?? [];
      const hash = createHash('sha256').update(text).digest('base64');
      expect(html).toContain(`${tag}-src 'sha256-${hash}'`);
    }
    expect(html).toContain("default-src 'none'");
  });

  it.each([
    'Time of a workflow',
    'From http to ws, by parts of the time',
    'From http to ws, one advantage after another',
    'Time of each step',
    'How far ws is ahead',
    'Bytes sent by each step',
    'A typical workflow',
    'Percentiles of a workflow',
    'Percentiles of a step',
  ])(
    'draws “%s” twice, for a screen and a phone, with a description and the figures behind it',
    (title) => {
      const figure = html.split('<figure').find((text) => text.includes(`>${title}</figcaption>`));
      expect(figure?.match(/<svg class="(?:wide|narrow)"/g)).toHaveLength(2);
      expect(figure).toContain(`<title id=`);
      expect(figure).toMatch(/<desc id=[^>]*>[^<]+<\/desc>/);
      expect(figure).toMatch(/<details>.*<table>/s);
      expect(figure).not.toMatch(/NaN|Infinity|undefined/);
    },
  );

  it('holds the figures of summary.csv', () => {
    const cells = cellsOf(html);
    const rows = reporters.csv(attributed()).trim().split('\n');
    const heads = rows[0]?.split(',') ?? [];
    const told = rows.filter((row) => /,(workflow_e2e|step_duration),/.test(row));
    expect(told).toHaveLength(6);
    for (const row of told) {
      const us = Number(row.split(',')[heads.indexOf('p50')]);
      const ms = us / 1000;
      expect(cells).toContain(`${ms.toFixed(ms >= 100 ? 0 : 1)} ms`);
    }
  });

  it('draws the cached share of each step where the endpoint tells of one, and nothing where not', () => {
    const cached = attributed({
      edit: (rounds) => {
        for (const { workflows } of rounds) {
          for (const { counters, steps } of Object.values(workflows)) {
            counters.cached_tokens = 1;
            for (const step of steps) {
              step.cachedTokens = step.index === 0 ? null : step.index * 5000;
            }
          }
        }
      },
    });
    const title = 'Cached share of each step';
    const figure = reporters
      .html(cached)
      .split(/<figure|<\/figure>/)
      .find((text) => text.includes(title));
    expect(cellsOf(figure ?? '').filter((cell) => /^[2-4]$|%/.test(cell))).toEqual([
      '2',
      '25 %',
      '25 %',
      '25 %',
      '3',
      '50 %',
      '50 %',
      '50 %',
      '4',
      '75 %',
      '75 %',
      '75 %',
    ]);
    expect(figure).toMatch(/ws, step 4: 75\s%/);
    expect(figure).not.toMatch(/step 1:|>1<|NaN|undefined/);
    expect(html).not.toContain(title);
  });

  it('draws how long failures took to notice and to recover from', () => {
    const failing = attributed({
      edit: ([round]) => {
        const { ws } = round?.workflows ?? {};
        if (ws === undefined) return;
        const cause = { kind: 'closed' as const, code: '1006' };
        const common = { step: 1, cause, action: 'reconnect' as const, atUs: 9, waitedUs: 0 };
        ws.recoveries = [
          { ...common, noticeUs: 1_000_000, recoveryUs: 40_000, over: 'websocket' },
          { ...common, noticeUs: 3_000_000, recoveryUs: null, over: 'websocket' },
        ];
      },
    });
    const figure = reporters
      .html(failing)
      .split(/<figure|<\/figure>/)
      .find((text) => text.includes('From failure to recovery'));
    expect(cellsOf(figure ?? '').slice(5)).toEqual([
      ...['ws notice', '2000 ms', '–', '1000–3000 ms', '2'],
      ...['ws recovery', '40.0 ms', '–', '40.0 ms', '1'],
    ]);
    expect(figure).not.toMatch(/NaN|Infinity|undefined/);
    expect(html).not.toContain('From failure to recovery');
  });

  it('marks where WebSocket mode breaks even', () => {
    expect(html).toMatch(/break-even with http[ -]/);
  });

  it.each<[what: string, made: MadeUp]>([
    ['one transport', { transports: ['ws'] }],
    ['every transport', { transports: Object.keys(transports) }],
    ['a single round of a single step', { rounds: 1, steps: 1 }],
    ['a thousand rounds', { rounds: 1000 }],
    ['a thousand steps', { rounds: 2, steps: 1000 }],
    [
      'nothing that completed',
      {
        edit: (rounds) => {
          for (const { workflows } of rounds)
            for (const each of Object.values(workflows)) each.state = 'failed';
        },
      },
    ],
  ])('stays small and whole with %s', (_, made) => {
    const text = reporters.html(attributed(made));
    expect(text.length).toBeLessThan(SIZE_LIMIT);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('says nothing was measured where nothing was', () => {
    const result = attributed();
    expect(reporters.html({ ...result, rounds: [] })).toContain('was measured');
  });

  it('draws the changes of a gate', () => {
    const text = gateReporters.html(
      gate(madeUpResult(), { baseline: madeUpResult({ edit: () => undefined }) }),
    );
    expect(text).toContain('Change from the base to the candidate');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('a hostile result', () => {
  const evil = '</script></style></title><script>alert(1)</script><img src=x onerror=alert(1)>"\'`';
  const bidi = '\u202Egnp.exe\u2066\u200F\u0000\u0007\uD800';

  /** The result with this text in every place that holds text from outside. */
  function with_(text: string): Result {
    const result = attributed({ transports: ['http', 'ws'] });
    result.run.scenario.name = text;
    result.run.endpoint.url = `https://${text}`;
    result.run.endpoint.kind = 'url';
    result.run.endpoint.fault = text;
    result.run.options.model = text;
    result.environment.cpuModel = text;
    result.tool.version = text;
    result.warnings.push({ code: text, message: text });
    if (result.run.endpoint.profile) result.run.endpoint.profile.description = text;
    const renamed = JSON.stringify(result).replaceAll('"ws"', JSON.stringify(text));
    return JSON.parse(renamed) as Result;
  }

  it('stays text, whatever it says', () => {
    const text = reporters.html(with_(evil + bidi));
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text.match(/<\/(?:script|style|title)>/g)?.length).toBe(
      reporters
        .html(attributed({ transports: ['http', 'ws'] }))
        .match(/<\/(?:script|style|title)>/g)?.length,
    );
    expect(text).not.toMatch(/<img|[\u202A-\u202E\u2066-\u2069\u200F]/);
    expect(Buffer.from(text).toString()).toBe(text);
  });

  it('stays small with a label of 10 MB', () => {
    expect(reporters.html(with_('x'.repeat(10_000_000))).length).toBeLessThan(SIZE_LIMIT);
  });

  it('stays small with a hundred thousand warnings', () => {
    const warnings = Array.from({ length: 100_000 }, () => ({
      code: 'x',
      message: evil.repeat(9),
    }));
    expect(reporters.html({ ...attributed(), warnings }).length).toBeLessThan(SIZE_LIMIT);
  });

  it('keeps its markup with any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const text = reporters.html(with_(`${name}<evil>`));
        expect(text).not.toContain('<evil>');
        expect(text.match(/<script/g)).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });
});
