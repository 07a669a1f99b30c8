import { describe, expect, it } from 'vitest';
import { stepsCsv, summaryCsv } from '../../src/report/formats/csv.ts';
import { reporters } from '../../src/report/index.ts';
import {
  formatChange,
  formatDuration,
  formatElapsed,
  formatRange,
} from '../../src/report/text/figures.ts';
import { wrap } from '../../src/report/text/wrap.ts';
import { parseResult } from '../../src/result/read.ts';
import { metricNames } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';

describe('csv', () => {
  it('summary: one row per transport and metric, bare numbers, empty where nothing was measured', () => {
    const lines = summaryCsv(madeUpResult({ transports: ['ws'], rounds: 3, steps: 2 })).split('\n');
    expect(lines.slice(0, 3).join('\n')).toMatchInlineSnapshot(`
      "transport,metric,unit,count,mean,stddev,min,max,p50,p90,p95,p99,p50_adj,p90_adj,p95_adj,p99_adj,attempted,failed,fell_back,reconnects,fallbacks,resends,retries,wasted_output_tokens,cached_share,prompt_tokens,input_tokens_sent,tokens_processed,sent_share,processed_share,base,base_pairs,base_ratio,base_ratio_lower,base_ratio_upper,base_p,base_p_adjusted,kept_http,kept_http_pairs,kept_http_ratio,kept_http_ratio_lower,kept_http_ratio_upper,kept_http_p,kept_http_p_adjusted
      ws,dns,us,0,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,
      ws,tcp_connect,us,3,200,0,200,200,200,200,200,200,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"
    `);
    expect(lines).toHaveLength(1 + metricNames.length + 1);
  });

  it('summary: what failed and what was done stands in the row of the workflows', () => {
    const result = madeUpResult({
      transports: ['ws'],
      rounds: 4,
      edit([first, second]) {
        const [failed, fellBack] = [first?.workflows['ws'], second?.workflows['ws']];
        if (failed) Object.assign(failed, { state: 'failed' });
        if (fellBack) Object.assign(fellBack, { fellBack: true });
        if (fellBack) Object.assign(fellBack.counters, { fallbacks: 1, retries: 2 });
      },
    });
    const [head = [], ...rows] = summaryCsv(result)
      .split('\n')
      .map((line) => line.split(','));
    const row = rows.find(([, metric]) => metric === 'workflow_e2e') ?? [];
    const values = Object.fromEntries(head.map((name, index) => [name, row[index]]));
    expect(values).toMatchObject({
      ...{ count: '3', attempted: '4', failed: '1', fell_back: '1' },
      ...{ reconnects: '0', fallbacks: '1', resends: '0', retries: '2', wasted_output_tokens: '0' },
      ...{ p50_adj: expect.stringMatching(/^\d+$/) as string, p90_adj: 'Infinity' },
    });
  });

  it('steps: one row per step of every workflow', () => {
    const lines = stepsCsv(madeUpResult({ rounds: 2, steps: 3 })).split('\n');
    expect(lines.slice(0, 2).join('\n')).toMatchInlineSnapshot(`
      "round,transport,position,workflow_state,step,state,failure_kind,failure_status,failure_code,deviations,attempts,duration_us,ttfb_us,ttfe_us,ttft_us,ttfo_us,idle_us,upload_us,tpot_us,handshake_us,request_write_us,waiting_us,streaming_us,tool_time_us,client_overhead_us,recovery_us,residual_us,stalled_us,payload_bytes_sent,bytes_sent,bytes_received,input_tokens,cached_tokens,output_tokens,agent
      0,http,0,completed,0,completed,,,,,1,335062,3506,3606,3706,4506,,,1000.5,2800,100,3000,328262,0,900,0,0,0,103000,104000,30000,20000,0,100,"
    `);
    expect(lines).toHaveLength(1 + 2 * 3 * 3 + 1);
    expect(new Set(lines.filter(Boolean).map((line) => line.split(',').length)).size).toBe(1);
  });

  it.each([
    { why: 'a formula', code: '=HYPERLINK("http://x")', cell: `"'=HYPERLINK(""http://x"")"` },
    { why: 'a plus', code: '+1', cell: `"'+1"` },
    { why: 'a minus', code: '-1', cell: `"'-1"` },
    { why: 'an at sign', code: '@SUM(A1)', cell: `"'@SUM(A1)"` },
    { why: 'a comma and a line break', code: 'a,\nb', cell: '"a,\nb"' },
    { why: 'a semicolon before a formula', code: 'a;=1+1', cell: '"a;=1+1"' },
    { why: 'a tab before a formula', code: 'a\t=1+1', cell: '"a\t=1+1"' },
    { why: 'a plain code', code: 'rate_limit_exceeded', cell: 'rate_limit_exceeded' },
  ])('makes $why from the endpoint harmless', ({ code, cell }) => {
    const result = madeUpResult({
      transports: ['ws'],
      rounds: 1,
      steps: 1,
      edit(rounds) {
        const step = rounds[0]?.workflows['ws']?.steps[0];
        Object.assign(step ?? {}, { state: 'failed', failure: { kind: 'api_error', code } });
      },
    });
    expect(stepsCsv(result)).toContain(`,api_error,,${cell},`);
  });
});

describe('markdown', () => {
  it('is a table, the verdict and the conditions', () => {
    expect(reporters.markdown(madeUpResult({ transports: ['http', 'ws'] }))).toMatchInlineSnapshot(`
      "### coding-agent · 4 steps · 10 rounds · bundled mock, profile fast · agent-latency-bench 0.1.0

      | transport | conns | handshake<br>p50 | step p50<br>first token | workflow p50<br>range | p95 | bytes<br>sent | failed |
      | --- | --- | --- | --- | --- | --- | --- | --- |
      | http | 4 | 2.20 ms | 334 ms<br>3.60 ms | 1517 ms<br>1513–1520 ms | – | 416.0 KB | 0 |
      | ws | 1 | 2.80 ms | 295 ms<br>3.65 ms | 1358 ms<br>1350–1362 ms | – | 84.0 KB | 0 |

      Connections and bytes per completed workflow (median), bytes with TLS and framing. First token: p50.

      **ws finished this workflow 10.4 % faster than http (95 % interval 10.4 to 10.6 %, 10 rounds): 157 ms of 1517 ms.**
      **A run like this one finds a difference of 0.2 % (ws) four times out of five; plan says how many rounds smaller ones need.**

      | change | vs http<br>95 % interval | p<br>adjusted |
      | --- | --- | --- |
      | ws | -10.4 %<br>-10.6 to -10.4 % | 0.002<br>0.006 |

      Change of the workflow: median ratio over the rounds. p by Wilcoxon; adjusted by Holm, over all comparisons of the run.

      #### Steps and tokens

      | p50 | first step | later steps | per token | output rate |
      | --- | --- | --- | --- | --- |
      | http | 334 ms | 334 ms | 1.00 ms | 300/s |
      | ws | 295 ms | 294 ms | 1.00 ms | 340/s |

      Per token: from the first to the last. Output rate: tokens by the whole step, which holding an answer back doesn’t better.

      Measured against the bundled mock: the differences are what these parameters say.

      - scenario: coding-agent, 4 steps (sha256 abababababab)
      - endpoint: bundled mock on loopback, TLS
      - profile: fast: a model that streams quickly; first token: 0 ms (assumed: no server work is modelled); decode: 1,000 tokens/s (OpenAI engineering post of 2026-04-22)
      - link: none emulated
      - tool time: the scenario's own waits
      - rounds: 10 rounds of 2 transports after 1 to warm up, concurrency 10, seed 1
      - measured for 31 s on 2 cores (Example CPU), Node 20.20.2, linux x64
      "
    `);
  });

  it('says what failed, as a table and in words', () => {
    const result = madeUpResult({
      transports: ['http', 'ws'],
      edit([first]) {
        Object.assign(first?.workflows['ws'] ?? {}, { state: 'failed' });
      },
    });
    const text = reporters.markdown(result);
    expect(text).toContain('\n\n#### Failures and recovery\n\n| transport | failed | ');
    expect(text).toMatch(
      /^\| ws \| 1 \| 0<br>0 \| 0<br>0 \| 0 \| –<br>– \| –<br>– \| \d+ ms<br>– \|$/m,
    );
    expect(text).toContain('\n- ws: 1 workflow failed: no step says why (1)\n');
  });

  it('lets no text break out of its cell or line', () => {
    const result = madeUpResult({
      transports: ['http', 'a|b'],
      warnings: [{ code: 'x', message: 'see [here](http://x)\n\n# heading <b>' }],
    });
    const text = reporters.markdown(result);
    expect(text).toContain('| a\\|b |');
    expect(text).toContain('- ⚠ see \\[here\\](http://x) # heading \\<b\\>');
  });
});

it('json is the document, and reads back as a result', () => {
  const result = madeUpResult();
  expect(parseResult(reporters.json(result), 'stdout')).toEqual(result);
});

it('knows its formats', () => {
  expect(Object.keys(reporters)).toEqual([
    ...['table', 'json', 'csv', 'markdown', 'html', 'junit', 'github-summary'],
    ...['github-annotations', 'bmf', 'github-action-benchmark', 'openmetrics'],
    ...['trace', 'otlp', 'otlp-metrics'],
  ]);
});

describe('format', () => {
  it.each([
    [null, '–'],
    [812, '0.812 ms'],
    [9_999_000, '9999 ms'],
    [10_000_000, '10.0 s'],
    [123_400_000, '123 s'],
  ])('duration of %j µs: %s', (us, text) => {
    expect(formatDuration(us)).toBe(text);
  });

  it.each([
    [null, null, '–'],
    [5000, 5000, '5.00 ms'],
    [8_050_000, 8_950_000, '8050–8950 ms'],
    [9_500_000, 12_000_000, '9.50–12.0 s'],
  ])('range %j to %j µs: %s', (min, max, text) => {
    expect(formatRange(min, max)).toBe(text);
  });

  it.each([
    [-12.14, '-12.1 %'],
    [0.4, '+0.4 %'],
    [-0.01, '0.0 %'],
  ])('change of %d: %s', (percent, text) => {
    expect(formatChange(percent)).toBe(text);
  });

  it.each([
    [8400, '8.4 s'],
    [31_200, '31 s'],
    [754_000, '12 min 34 s'],
    [719_700, '12 min 0 s'],
  ])('elapsed %d ms: %s', (ms, text) => {
    expect(formatElapsed(ms)).toBe(text);
  });

  it('wraps at spaces, indents what follows, and leaves long words whole', () => {
    expect(wrap('one two three', 7, 2)).toEqual(['one two', '  three']);
    expect(wrap('one veryveryvery long', 8)).toEqual(['one', 'veryveryvery', 'long']);
    // Two columns each, in a terminal.
    expect(wrap('読み 取り 中', 9)).toEqual(['読み 取り', '中']);
  });
});
