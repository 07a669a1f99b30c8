import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import parsePrometheus from 'parse-prometheus-text-format';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { z } from 'zod';
import { gate } from '../../src/app/gate.ts';
import type { GateReport } from '../../src/compare/gate/report.ts';
import { parseThreshold } from '../../src/compare/gate/thresholds.ts';
import {
  githubAnnotations,
  githubGateAnnotations,
} from '../../src/report/formats/github-annotations.ts';
import { junitGateReport, junitReport } from '../../src/report/formats/junit.ts';
import { gateReporters, reporters } from '../../src/report/index.ts';
import { bencherReport } from '../../src/report/trackers/bencher.ts';
import { githubActionBenchmark } from '../../src/report/trackers/github-action-benchmark.ts';
import { openMetricsReport } from '../../src/report/trackers/openmetrics.ts';
import { madeUpResult } from '../result/made-up.ts';

const transports = ['http', 'ws'];
const plain = madeUpResult({ transports });

/** `ws` a fifth slower than it was; its round 3 failed with a code that the endpoint chose. */
function slower(code = 'server_error') {
  return madeUpResult({
    transports,
    edit(rounds) {
      for (const { index, workflows } of rounds) {
        const workflow = workflows['ws'];
        if (workflow === undefined) continue;
        workflow.e2eUs = Math.round(workflow.e2eUs * 1.2);
        if (index !== 3) continue;
        workflow.state = 'failed';
        Object.assign(workflow.steps[1] ?? {}, {
          state: 'failed',
          failure: { kind: 'api_error', code },
        });
      }
    },
  });
}

function judged(...thresholds: string[]): GateReport {
  return gate(slower(), {
    baseline: plain,
    thresholds: thresholds.map((text) => parseThreshold(text, 'test')),
  });
}

const mixed = judged(
  'ws.workflow_e2e: med<1s',
  'warn: ws.failed: rate<1%',
  'ws.workflow_e2e: p(95)<1s',
  'http.workflow_e2e: med<2s',
);

describe('JUnit', () => {
  const schemas = ['jenkins-junit.xsd', 'ant-junit.xsd'].map((name) => ({
    name,
    schema: readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'),
  }));
  const documents: [what: string, xml: string][] = [
    ['a run', junitReport(plain)],
    ['a run with failures and a verdict', junitReport(slower(), { gate: mixed })],
    ['a run interrupted at once', junitReport(madeUpResult({ rounds: 0 }))],
    ['a gate', junitGateReport(mixed)],
    ['a gate that checked nothing', junitGateReport(gate(plain))],
  ];

  it.each(
    schemas.flatMap(({ name, schema }) =>
      documents.map(([what, xml]) => ({ name, schema, what, xml })),
    ),
  )('of $what is valid by $name', async ({ schema, xml }) => {
    const { valid, errors } = await validateXML({ xml, schema });
    expect({ valid, errors }).toEqual({ valid: true, errors: [] });
  });

  it.each(schemas)('$name sees a fault', async ({ schema }) => {
    const xml = junitReport(plain).replace(' tests="10"', '');
    expect((await validateXML({ xml, schema })).valid).toBe(false);
  });

  it('has a suite per transport, a case per workflow with its seconds, and says which step failed', () => {
    const lines = junitReport(slower()).split('\n');
    expect(lines.filter((line) => line.includes('<testsuite '))).toMatchInlineSnapshot(`
      [
        "  <testsuite id="0" package="agent-latency-bench" name="coding-agent.http" timestamp="2026-11-22T18:15:30" hostname="localhost" tests="10" failures="0" errors="0" skipped="0" time="15.162252">",
        "  <testsuite id="1" package="agent-latency-bench" name="coding-agent.ws" timestamp="2026-11-22T18:15:30" hostname="localhost" tests="10" failures="0" errors="1" skipped="0" time="16.287051">",
      ]
    `);
    expect(lines.filter((line) => line.includes('classname="coding-agent.ws"'))).toHaveLength(10);
    expect(lines.find((line) => line.includes('<error'))).toContain(
      'type="api_error" message="step 1 api error server_error"',
    );
  });

  it('fails what crossed or regressed, and skips what is open or only warns', () => {
    const outcomes = junitGateReport(mixed)
      .split('</testsuite>')
      .flatMap((suite) => [...suite.matchAll(/name="([^"]+)" time="0.000000"(?:\/>|>\s*<(\w+))/g)])
      .map(([, name, outcome = 'passed']) => `${name}: ${outcome}`);
    expect(outcomes).toMatchInlineSnapshot(`
      [
        "ws.workflow_e2e: med&lt;1000000us: failure",
        "warn: ws.failed: rate&lt;0.01: skipped",
        "ws.workflow_e2e: p(95)&lt;1000000us: skipped",
        "failed against the base: skipped",
        "workflow_e2e against the base: failure",
        "step_duration against the base: passed",
        "step_ttft against the base: passed",
        "http.workflow_e2e: med&lt;2000000us: passed",
        "workflow_e2e against the base: passed",
        "step_duration against the base: passed",
        "step_ttft against the base: passed",
      ]
    `);
  });

  it('holds any text an endpoint may send, as text', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', minLength: 1 }), { numRuns: 60, seed: 1 });
    const codes = [...texts, '\u0000<![CDATA[&amp;]]>"\'\uFFFF\uD800'];
    const result = madeUpResult({
      transports: ['ws'],
      rounds: codes.length,
      steps: 1,
      edit(rounds) {
        for (const { index, workflows } of rounds) {
          const failure = { kind: 'api_error', code: codes[index] };
          Object.assign(workflows['ws'] ?? {}, { state: 'failed' });
          Object.assign(workflows['ws']?.steps[0] ?? {}, { state: 'failed', failure });
        }
      },
    });
    const xml = junitReport(result);
    expect(xml.match(/<error /g)).toHaveLength(codes.length);
    for (const { schema } of schemas) {
      expect(await validateXML({ xml, schema })).toMatchObject({ valid: true });
    }
  });
});

describe('GitHub annotations', () => {
  it('of a gate are errors first, then warnings, then notices', () => {
    expect(githubGateAnnotations(mixed)).toMatchInlineSnapshot(`
      "::error title=coding-agent%3A crossed::ws.workflow_e2e med is 1630 ms (95 %25 interval 1622 ms to 1634 ms), limit < 1000 ms
      ::error title=coding-agent%3A regression::ws.workflow_e2e: 1358 ms to 1630 ms, +20.0 %25 (95 %25 interval +19.5 to +20.6 %25, p < 0.001); limit +5.0 %25 (67.9 ms, the relative margin): slower than the limit (10 and 9 workflows)
      ::warning title=coding-agent%3A crossed::ws.failed rate is 10 %25, limit < 1 %25
      ::warning title=agent-latency-bench::the two runs were not interleaved: what drifted between them counts as a difference; gate --base-url … --url … measures both in one job
      ::warning title=agent-latency-bench::ws: 1 of 10 workflows failed; times are of those that completed
      ::notice title=coding-agent%3A inconclusive::ws.workflow_e2e p(95) is 1635 ms, limit < 1000 ms: too few samples (9 of 72)
      ::notice title=coding-agent%3A inconclusive::ws.failed: 10 %25 of 10 workflows, 0 %25 of 10 before (p 0.500)
      ::notice title=coding-agent%3A crossed::11 checks, 6 passed
      "
    `);
  });

  it('of a run warn of failures, and give the answer as a notice', () => {
    expect(githubAnnotations(slower())).toMatchInlineSnapshot(`
      "::warning title=agent-latency-bench::ws: 1 of 10 workflows failed
      ::notice title=coding-agent · 4 steps · 10 rounds · bundled mock%2C profile fast · agent-latency-bench 0.1.0::ws took 7.5 %25 longer than http (95 %25 interval 7.0 to 7.6 %25, 9 rounds): 114 ms on top of 1517 ms.%0AA run like this one finds a difference of 0.5 %25 (ws) four times out of five; plan says how many rounds smaller ones need.%0ASome workflows failed on ws: only rounds in which both sides completed are compared.
      "
    `);
  });

  it('of a run with a verdict say everything once', () => {
    const lines = githubAnnotations(slower(), { gate: mixed }).trimEnd().split('\n');
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.filter((line) => line.includes('1 of 10 workflows failed'))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(/^::notice title=coding-agent · 4 steps/);
  });

  it('let no text start a command of its own', () => {
    const warnings = [{ code: 'x', message: '100 %\n::error::gotcha' }];
    const text = githubAnnotations(madeUpResult({ transports, warnings }));
    expect(text).toContain('::warning title=agent-latency-bench::100 %25%0A::error::gotcha\n');
    expect(text.split('\n').filter((line) => line.startsWith('::error'))).toEqual([]);
  });

  it('make an open check an error where --strict fails the build for it', () => {
    const strict = gate(slower(), {
      strict: true,
      thresholds: [parseThreshold('ws.workflow_e2e: p(95)<1s', 'test')],
    });
    expect(strict.exitCode).toBe(4);
    expect(githubGateAnnotations(strict)).toMatch(/^::error title=coding-agent%3A inconclusive::/);
  });

  it('only warn where unlike machines can only advise', () => {
    const elsewhere = structuredClone(plain);
    elsewhere.run.fingerprint.cpuModel = 'Another CPU';
    const advised = gate(slower(), { baseline: elsewhere });
    expect(advised).toMatchObject({ advisory: true, verdict: 'regression', exitCode: 0 });
    const text = githubGateAnnotations(advised);
    expect(text).not.toContain('::error');
    expect(text).toMatch(/^::warning title=coding-agent%3A regression::ws\.workflow_e2e/m);
    expect(junitGateReport(advised)).not.toContain('<failure');
  });
});

describe('GitHub step summary', () => {
  it('of a gate leads with the verdict and what was not passed, and folds the rest away', () => {
    const text = gateReporters['github-summary'](mixed);
    expect(text.split('<details>')[0]).toMatchInlineSnapshot(`
      "### ❌ coding-agent: crossed, 11 checks, 5 not passed

      - base: bundled mock, profile fast, 10 rounds
      - candidate: bundled mock, profile fast, 10 rounds

      - ❌ ws.workflow\\_e2e med is 1630 ms (95 % interval 1622 ms to 1634 ms), limit \\< 1000 ms
      - ⚠️ ws.failed rate is 10 %, limit \\< 1 %
      - ❔ ws.workflow\\_e2e p(95) is 1635 ms, limit \\< 1000 ms: too few samples (9 of 72)
      - ❔ ws.failed: 10 % of 10 workflows, 0 % of 10 before (p 0.500)
      - ❌ ws.workflow\\_e2e: 1358 ms to 1630 ms, +20.0 % (95 % interval +19.5 to +20.6 %, p \\< 0.001); limit +5.0 % (67.9 ms, the relative margin): slower than the limit (10 and 9 workflows)

      - ⚠️ the two runs were not interleaved: what drifted between them counts as a difference; gate --base-url … --url … measures both in one job
      - ⚠️ ws: 1 of 10 workflows failed; times are of those that completed

      "
    `);
    expect(text.match(/^\| (?:✅|❌|❔|⚠️) \|/gm)).toHaveLength(mixed.checks.length);
    expect(text.endsWith('</details>\n\n')).toBe(true);
  });

  it.each<[why: string, icon: string, report: GateReport]>([
    [
      'nothing was crossed',
      '✅',
      gate(plain, { thresholds: [parseThreshold('workflow_e2e: med<1h', 'test')] }),
    ],
    ['nothing was checked', '❔', gate(plain)],
    [
      'a check is open',
      '❔',
      gate(plain, { thresholds: [parseThreshold('ws.dns: med<1s', 'test')] }),
    ],
    ['the build fails', '❌', mixed],
  ])('where %s begins with %s', (_, icon, report) => {
    expect(gateReporters['github-summary'](report).startsWith(`### ${icon} coding-agent: `)).toBe(
      true,
    );
  });

  it('of a run is its Markdown report, after the verdict if there is one', () => {
    expect(reporters['github-summary'](plain)).toMatch(/^### coding-agent · 4 steps/);
    expect(reporters['github-summary'](slower(), { gate: mixed })).toMatch(
      /^### ❌ coding-agent: crossed.*### coding-agent · 4 steps/s,
    );
  });
});

/** https://bencher.dev/bmf.json, as published. */
const bmf = z.fromJSONSchema({
  $id: 'https://bencher.dev/bmf.json',
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  patternProperties: {
    '.+': {
      type: 'object',
      patternProperties: {
        '.+': {
          type: 'object',
          properties: {
            value: { type: 'number' },
            lower_value: { type: 'number' },
            upper_value: { type: 'number' },
          },
          required: ['value'],
        },
      },
    },
  },
});

describe('Bencher Metric Format', () => {
  it.each([
    ['a run', plain],
    ['a run with failures', slower()],
    ['a run in which nothing ended', madeUpResult({ rounds: 0 })],
  ])('of %s fits the published schema', (_, result) => {
    const report: unknown = JSON.parse(bencherReport(result));
    expect(bmf.safeParse(report).error).toBeUndefined();
  });

  it('is refused by that schema without a value', () => {
    expect(bmf.safeParse({ a: { latency: { lower_value: 1 } } }).success).toBe(false);
  });

  it('gives nanoseconds as the measure latency, with its interval round it, and the share that failed', () => {
    const report = JSON.parse(bencherReport(slower())) as Record<string, unknown>;
    expect(Object.keys(report)).toEqual(
      transports.flatMap((name) =>
        ['workflow_e2e', 'step_duration', 'step_ttft', 'failed'].map(
          (metric) => `coding-agent/${name}/${metric}`,
        ),
      ),
    );
    expect(report['coding-agent/ws/failed']).toEqual({ 'failed-share': { value: 0.1 } });
    const { latency } = report['coding-agent/ws/workflow_e2e'] as Record<
      string,
      Record<string, number>
    >;
    const { value = 0, lower_value = 0, upper_value = 0 } = latency ?? {};
    // Nine workflows of about 1.36 s, times 1.2.
    expect(value / 1e9).toBeCloseTo(1.63, 2);
    expect(lower_value).toBeLessThan(value);
    expect(upper_value).toBeGreaterThan(value);
  });

  it('gives a p95 only from 72 workflows on', () => {
    const p95s = (rounds: number) =>
      bencherReport(madeUpResult({ transports: ['ws'], rounds, steps: 1 })).match(/latency-p95/g);
    expect(p95s(71)).toBeNull();
    expect(p95s(72)).toHaveLength(1);
  });
});

describe('customSmallerIsBetter of github-action-benchmark', () => {
  /** Its interface BenchmarkResult, in src/extract.ts. */
  const benchmarkResults = z.array(
    z.strictObject({
      name: z.string().min(1),
      value: z.number(),
      unit: z.string().min(1),
      range: z.string().optional(),
      extra: z.string().optional(),
    }),
  );

  it.each([
    ['a run', plain, 8],
    ['a run with failures', slower(), 8],
    ['a run in which nothing ended', madeUpResult({ rounds: 0 }), 0],
  ])('of %s has the shape that the action reads, every name once', (_, result, entries) => {
    const report = benchmarkResults.parse(JSON.parse(githubActionBenchmark(result)));
    expect(new Set(report.map(({ name }) => name)).size).toBe(entries);
    expect(report).toHaveLength(entries);
  });

  it('gives milliseconds with the reach of the interval, and failures in percent', () => {
    const report = benchmarkResults.parse(JSON.parse(githubActionBenchmark(slower())));
    expect(report.slice(4)).toMatchInlineSnapshot(`
      [
        {
          "extra": "9 workflows
      95 % interval 1622.455 to 1633.219 ms",
          "name": "coding-agent / ws / workflow_e2e p50",
          "range": "± 7.121",
          "unit": "ms",
          "value": 1629.576,
        },
        {
          "extra": "9 workflows
      95 % interval 292.729 to 295.555 ms",
          "name": "coding-agent / ws / step_duration p50",
          "range": "± 1.766",
          "unit": "ms",
          "value": 294.495,
        },
        {
          "extra": "9 workflows
      95 % interval 3.472 to 3.755 ms",
          "name": "coding-agent / ws / step_ttft p50",
          "range": "± 0.177",
          "unit": "ms",
          "value": 3.6495,
        },
        {
          "extra": "10 workflows",
          "name": "coding-agent / ws / failed share",
          "unit": "%",
          "value": 10,
        },
      ]
    `);
  });
});

describe('OpenMetrics', () => {
  const text = openMetricsReport(slower('a"\\\nb'));
  const families = new Map(parsePrometheus(text).map((family) => [family.name, family]));

  it('is read by a parser of such text, with what the result says', () => {
    const e2e = families
      .get('agent_latency_bench_duration_seconds')
      ?.metrics.filter(({ labels }) => labels['metric'] === 'workflow_e2e');
    const medians = e2e?.filter(({ labels }) => labels['figure'] === 'p50');
    expect(medians?.map(({ labels, value }) => [labels['transport'], Number(value)])).toEqual(
      transports.map((name) => [
        name,
        (slower().transports[name]?.metrics.workflow_e2e?.p50 ?? 0) / 1e6,
      ]),
    );
    // Ten workflows are too few for a p90.
    expect(e2e?.some(({ labels }) => labels['figure'] === 'p90')).toBe(false);
    const failed = families
      .get('agent_latency_bench_workflows')
      ?.metrics.find(({ labels }) => labels['state'] === 'failed' && labels['transport'] === 'ws');
    expect(failed?.value).toBe('1');
  });

  it('escapes label values', () => {
    const result = madeUpResult({ transports: ['a"\\\nb'] });
    expect(openMetricsReport(result)).toContain('transport="a\\"\\\\\\nb"');
    expect(() => parsePrometheus(openMetricsReport(result))).not.toThrow();
  });

  it('keeps the rules that OpenMetrics adds: families in one piece, units in names, # EOF at the end', () => {
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    const names = text
      .split('\n')
      .map((line) => /^(?:# (?:TYPE|UNIT|HELP) )?([a-z_]+?)(?:_info)?[ {]/.exec(line)?.[1])
      .filter((name) => name !== undefined);
    const starts = names.filter((name, index) => name !== names[index - 1]);
    expect(new Set(starts).size).toBe(starts.length);
    for (const [, name, unit] of text.matchAll(/^# UNIT (\S+) (\S+)$/gm)) {
      expect(name?.endsWith(`_${unit}`)).toBe(true);
    }
    expect(text.match(/^# TYPE /gm)).toHaveLength(starts.length);
  });
});
