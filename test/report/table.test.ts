import { describe, expect, it } from 'vitest';
import type { ReportOptions } from '../../src/report/formats/options.ts';
import { reporters } from '../../src/report/index.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import type { Result } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';

/** All that a table says with `--full`. */
const fullTable = (result: Result, options?: ReportOptions): string =>
  reporters.table(result, { ...options, full: true });

/** Lets a transport fail in every round from `from` on. */
function failing(name: string, from = 0): (rounds: RoundRecord[]) => void {
  return (rounds) => {
    for (const round of rounds.slice(from)) {
      const workflow = round.workflows[name];
      const step = workflow?.steps[1];
      if (workflow === undefined || step === undefined) continue;
      workflow.state = 'failed';
      Object.assign(step, {
        state: 'failed',
        failure: { kind: 'http_status', status: 429, code: 'rate_limit_exceeded' },
      });
    }
  };
}

/** Sends the first `count` workflows of a transport over HTTP, refused by 426. */
function fallingBack(name: string, count: number): (rounds: RoundRecord[]) => void {
  return (rounds) => {
    for (const { workflows } of rounds.slice(0, count)) {
      const workflow = workflows[name];
      if (workflow === undefined) continue;
      workflow.fellBack = true;
      workflow.counters.fallbacks = 1;
      workflow.recoveries = [
        {
          step: 0,
          cause: { kind: 'upgrade_refused', status: 426 },
          action: 'fall_back',
          atUs: 3000,
          waitedUs: 0,
          recoveryUs: 4000,
          over: 'http',
        },
      ];
    }
  };
}

/** Without those on steps and changes, which every table has. */
const sectionsOf = (text: string): string[] =>
  text.split('\n\n').filter((section) => !/^(Steps and tokens|change )/.test(section));

const verdictIn = (text: string): string => text.split('\n\n')[2] ?? '';

describe('table', () => {
  it('fits 100 columns', () => {
    expect(
      fullTable(madeUpResult(), { folder: 'results/20261122T181530Z-coding-agent' }),
    ).toMatchInlineSnapshot(`
      "coding-agent · 4 steps · 10 rounds · bundled mock, profile fast · agent-latency-bench 0.1.0

      transport       conns  handshake  step p50     workflow p50  p95  bytes     failed
                             p50        first token  range              sent
      http            4      2.20 ms    334 ms       1517 ms       –    416.0 KB  0
                                        3.60 ms      1513–1520 ms
      http-keepalive  1      2.80 ms    332 ms       1505 ms       –    412.0 KB  0
                                        3.65 ms      1498–1510 ms
      ws              1      2.80 ms    294 ms       1356 ms       –    84.0 KB   0
                                        3.58 ms      1351–1362 ms
      Connections and bytes per completed workflow (median), bytes with TLS and framing. First token: p50.

      http-keepalive finished this workflow 0.6 % faster than http (95 % interval 0.6 to 0.8 %, 10
      rounds): 9.34 ms of 1517 ms.
      ws finished this workflow 10.7 % faster than http (95 % interval 10.2 to 10.7 %, 10 rounds): 163 ms
      of 1517 ms.
      ws finished this workflow 9.9 % faster than http-keepalive (95 % interval 9.7 to 10.2 %, 10 rounds):
      150 ms of 1505 ms.
      A run like this one finds a difference of 0.2 % (http-keepalive), 0.5 % (ws), 0.5 % (ws against
      http-keepalive) four times out of five; plan says how many rounds smaller ones need.

      change          vs http           p         vs http-keepalive  p
                      95 % interval     adjusted  95 % interval      adjusted
      http-keepalive  -0.6 %            0.002     –                  –
                      -0.8 to -0.6 %    0.018
      ws              -10.7 %           0.002     -9.9 %             0.002
                      -10.7 to -10.2 %  0.018     -10.2 to -9.7 %    0.018
      Change of the workflow: median ratio over the rounds. p by Wilcoxon; adjusted by Holm, over all
      comparisons of the run.

      Steps and tokens
      p50             first step  later steps  per token  output rate
      http            334 ms      334 ms       1.00 ms    300/s
      http-keepalive  332 ms      332 ms       1.00 ms    302/s
      ws              294 ms      294 ms       1.00 ms    340/s
      Per token: from the first to the last. Output rate: tokens by the whole step, which holding an
      answer back doesn’t better.

      Measured against the bundled mock: the differences are what these parameters say.
        scenario   coding-agent, 4 steps (sha256 abababababab)
        endpoint   bundled mock on loopback, TLS
        profile    fast: a model that streams quickly
                   first token: 0 ms (assumed: no server work is modelled)
                   decode: 1,000 tokens/s (OpenAI engineering post of 2026-04-22)
        link       none emulated
        tool time  the scenario's own waits
        rounds     10 rounds of 3 transports after 1 to warm up, concurrency 10, seed 1

      measured for 31 s on 2 cores (Example CPU), Node 20.20.2, linux x64
      files in results/20261122T181530Z-coding-agent
      "
    `);
  });

  it('turns the table on a narrow terminal', () => {
    expect(fullTable(madeUpResult(), { width: 80 })).toMatchInlineSnapshot(`
      "coding-agent · 4 steps · 10 rounds · bundled mock, profile fast ·
      agent-latency-bench 0.1.0

      transport     http          http-keepalive  ws
      conns         4             1               1
      handshake     2.20 ms       2.80 ms         2.80 ms
      p50
      step p50      334 ms        332 ms          294 ms
      first token   3.60 ms       3.65 ms         3.58 ms
      workflow p50  1517 ms       1505 ms         1356 ms
      range         1513–1520 ms  1498–1510 ms    1351–1362 ms
      p95           –             –               –
      bytes         416.0 KB      412.0 KB        84.0 KB
      sent
      failed        0             0               0
      Connections and bytes per completed workflow (median), bytes with TLS and
      framing. First token: p50.

      http-keepalive finished this workflow 0.6 % faster than http (95 % interval 0.6
      to 0.8 %, 10 rounds): 9.34 ms of 1517 ms.
      ws finished this workflow 10.7 % faster than http (95 % interval 10.2 to 10.7 %,
      10 rounds): 163 ms of 1517 ms.
      ws finished this workflow 9.9 % faster than http-keepalive (95 % interval 9.7 to
      10.2 %, 10 rounds): 150 ms of 1505 ms.
      A run like this one finds a difference of 0.2 % (http-keepalive), 0.5 % (ws),
      0.5 % (ws against http-keepalive) four times out of five; plan says how many
      rounds smaller ones need.

      change          vs http           p         vs http-keepalive  p
                      95 % interval     adjusted  95 % interval      adjusted
      http-keepalive  -0.6 %            0.002     –                  –
                      -0.8 to -0.6 %    0.018
      ws              -10.7 %           0.002     -9.9 %             0.002
                      -10.7 to -10.2 %  0.018     -10.2 to -9.7 %    0.018
      Change of the workflow: median ratio over the rounds. p by Wilcoxon; adjusted by
      Holm, over all comparisons of the run.

      Steps and tokens
      p50             first step  later steps  per token  output rate
      http            334 ms      334 ms       1.00 ms    300/s
      http-keepalive  332 ms      332 ms       1.00 ms    302/s
      ws              294 ms      294 ms       1.00 ms    340/s
      Per token: from the first to the last. Output rate: tokens by the whole step,
      which holding an answer back doesn’t better.

      Measured against the bundled mock: the differences are what these parameters
      say.
        scenario   coding-agent, 4 steps (sha256 abababababab)
        endpoint   bundled mock on loopback, TLS
        profile    fast: a model that streams quickly
                   first token: 0 ms (assumed: no server work is modelled)
                   decode: 1,000 tokens/s (OpenAI engineering post of 2026-04-22)
        link       none emulated
        tool time  the scenario's own waits
        rounds     10 rounds of 3 transports after 1 to warm up, concurrency 10, seed
                   1

      measured for 31 s on 2 cores (Example CPU), Node 20.20.2, linux x64
      "
    `);
  });

  it('says first that a run is incomplete, and why there is no verdict', () => {
    const result = madeUpResult({
      rounds: 5,
      run: { complete: false, stopReason: 'interrupted' },
      edit(rounds) {
        const last = rounds[4]?.workflows['ws'];
        if (last !== undefined) last.state = 'aborted';
      },
    });
    const text = fullTable(result);
    expect(text.split('\n')[0]).toBe('INCOMPLETE: interrupted after 4 of 5 rounds');
    expect(verdictIn(text)).toMatchInlineSnapshot(`
      "http-keepalive against http: too few rounds (5) for an interval; 6 are needed.
      ws against http: too few rounds (4) for an interval; 6 are needed.
      ws against http-keepalive: too few rounds (4) for an interval; 6 are needed."
    `);
  });

  it('shows a transport that failed everywhere, and does not compare it', () => {
    const text = fullTable(madeUpResult({ edit: failing('ws') }));
    expect(text.split('\n').find((line) => line.startsWith('ws '))).toMatchInlineSnapshot(
      `"ws              –      2.80 ms    294 ms       –             –    –         10/10"`,
    );
    expect(sectionsOf(text).slice(2, 4).join('\n\n')).toMatchInlineSnapshot(`
      "http-keepalive finished this workflow 0.6 % faster than http (95 % interval 0.6 to 0.8 %, 10
      rounds): 9.34 ms of 1517 ms.
      ws and http are not compared: ws completed no workflow.
      ws and http-keepalive are not compared: ws completed no workflow.
      A run like this one finds a difference of 0.2 % (http-keepalive) four times out of five; plan says
      how many rounds smaller ones need.

      Failures and recovery
      transport  failed  reconnects  resends  wasted  notice p50  recovery p50  workflow p50
                         fallbacks   retries  tokens  range       range         p95, all
      ws         10      0           0        0       –           –             failed
                         0           0                –           –             –
      Sums over all workflows. Wasted: output tokens of attempts that failed. Notice: the last sign of
      life, or the request if later, until the failure was noticed; 0 where the other side said so.
      Recovery: from then until the next event. All: a failed workflow counts as one that never ended.
      ws: 10 workflows failed: http status 429 rate_limit_exceeded (10)"
    `);
  });

  it('says nothing of failures and recovery where nothing failed', () => {
    expect(fullTable(madeUpResult())).not.toMatch(/Failures and recovery|over HTTP|recovered/);
  });

  it('marks a transport that fell back, and does not judge it', () => {
    const text = fullTable(
      madeUpResult({ transports: ['http', 'ws'], edit: fallingBack('ws', 6) }),
    );
    expect(text).toMatch(/^ws .*\n6\/10 over HTTP /m);
    expect(sectionsOf(text).slice(2, 5).join('\n\n')).toMatchInlineSnapshot(`
      "ws and http are not judged: 6 of 10 workflows of ws ran over HTTP after a fallback: not WebSocket's
      speed.

      Failures and recovery
      transport  failed  reconnects  resends  wasted  notice p50  recovery p50  workflow p50
                         fallbacks   retries  tokens  range       range         p95, all
      ws         0       0           0        0       –           4.00 ms       1357 ms
                         6           0                –           4.00 ms       –
      Sums over all workflows. Wasted: output tokens of attempts that failed. Notice: the last sign of
      life, or the request if later, until the failure was noticed; 0 where the other side said so.
      Recovery: from then until the next event. All: a failed workflow counts as one that never ended.
      ws: went on after 6 failures: upgrade refused 426 → fall back (6)

      warning: ws: 6 of 10 workflows went on over HTTP because WebSocket was refused; their times are not
        WebSocket's"
    `);
  });

  it('judges no other transport against a base that fell back', () => {
    const text = fullTable(
      madeUpResult({ transports: ['ws', 'http'], edit: fallingBack('ws', 1) }),
    );
    expect(verdictIn(text)).toMatchInlineSnapshot(`
      "ws and http are not judged: 1 of 10 workflows of ws ran over HTTP after a fallback: not WebSocket's
      speed."
    `);
  });

  it('paints no change of a transport that fell back as better', () => {
    const edit = fallingBack('ws', 1);
    const text = fullTable(madeUpResult({ transports: ['http', 'ws'], edit }), {
      color: true,
    });
    expect(text).toContain('-10.4 %');
    expect(text).not.toContain(`${String.fromCharCode(27)}[32m`);
  });

  it('says what was recovered from, and how', () => {
    const result = madeUpResult({
      transports: ['http', 'ws'],
      edit(rounds) {
        failing('ws', 9)(rounds);
        for (const [index, { workflows }] of rounds.slice(0, 7).entries()) {
          const workflow = workflows['ws'];
          if (workflow === undefined) continue;
          const retried = index > 4;
          workflow.counters[retried ? 'retries' : 'reconnects'] = 1;
          workflow.counters.wasted_output_tokens = retried ? 0 : 3;
          workflow.recoveries = [
            {
              step: 1,
              cause: retried
                ? { kind: 'api_error', status: 503 }
                : { kind: 'closed', code: '1011' },
              action: retried ? 'retry' : 'reconnect',
              atUs: 3000,
              noticeUs: retried ? 0 : 1000 + index * 100,
              waitedUs: 0,
              recoveryUs: 2000 + index * 1000,
              over: 'websocket',
            },
          ];
        }
      },
    });
    expect(sectionsOf(fullTable(result))[3]).toMatchInlineSnapshot(`
      "Failures and recovery
      transport  failed  reconnects  resends  wasted  notice p50     recovery p50  workflow p50
                         fallbacks   retries  tokens  range          range         p95, all
      ws         1       5           0        15      1.10 ms        5.00 ms       1358 ms
                         0           2                0.000–1.40 ms  2.00–8.00 ms  –
      Sums over all workflows. Wasted: output tokens of attempts that failed. Notice: the last sign of
      life, or the request if later, until the failure was noticed; 0 where the other side said so.
      Recovery: from then until the next event. All: a failed workflow counts as one that never ended.
      ws: 1 workflow failed: http status 429 rate_limit_exceeded (1)
      ws: went on after 7 failures: closed 1011 → reconnect (5), api error 503 → retry (2)"
    `);
  });

  it('calls no failure what our own limits replaced', () => {
    const replaced = (code: string) =>
      ({
        step: 1,
        cause: { kind: 'closed', code },
        action: 'reconnect',
        atUs: 3000,
        waitedUs: 0,
        recoveryUs: 2000,
        over: 'websocket',
      }) as const;
    const result = madeUpResult({
      transports: ['http', 'ws'],
      edit(rounds) {
        for (const { workflows } of rounds.slice(0, 2)) {
          const workflow = workflows['ws'];
          if (workflow === undefined) continue;
          workflow.counters.reconnects = 3;
          workflow.recoveries = ['rotation', 'rotation', 'idle'].map(replaced);
        }
      },
    });
    expect(sectionsOf(fullTable(result))[3]?.split('\n').slice(7)).toMatchInlineSnapshot(`
      [
        "Recovery: from then until the next event. All: a failed workflow counts as one that never ended.",
        "ws: replaced 6 connections as it was told to: rotation (4), idle (2)",
      ]
    `);
  });

  it('says so where the base failed everywhere', () => {
    const text = fullTable(madeUpResult({ transports: ['http', 'ws'], edit: failing('http') }));
    expect(verdictIn(text)).toMatchInlineSnapshot(
      `"ws and http are not compared: http completed no workflow."`,
    );
  });

  it('says so where some workflows failed', () => {
    const text = fullTable(madeUpResult({ transports: ['http', 'ws'], edit: failing('ws', 8) }));
    expect(verdictIn(text)).toMatchInlineSnapshot(`
      "ws finished this workflow 10.4 % faster than http (95 % interval 10.4 to 10.4 %, 8 rounds): 157 ms
      of 1517 ms.
      A run like this one finds a difference of 0.1 % (ws) four times out of five; plan says how many
      rounds smaller ones need.
      Some workflows failed on ws: only rounds in which both sides completed are compared."
    `);
  });

  it('claims no difference that the rounds cannot tell', () => {
    const result = madeUpResult({ transports: ['ws', 'other'], edit: likeTheBase });
    expect(verdictIn(fullTable(result))).toMatchInlineSnapshot(
      `
      "other and ws: no difference that 10 rounds can tell (95 % interval -2.0 to +2.0 %).
      A run like this one finds a difference of 3.5 % (other) four times out of five; plan says how many
      rounds smaller ones need."
    `,
    );
  });

  it('says longer where the candidate took longer', () => {
    const text = fullTable(madeUpResult({ transports: ['ws', 'http'] }));
    expect(verdictIn(text)).toMatchInlineSnapshot(
      `
      "http took 12.0 % longer than ws (95 % interval 11.7 to 12.0 %, 10 rounds): 163 ms on top of 1357 ms.
      A run like this one finds a difference of 0.2 % (http) four times out of five; plan says how many
      rounds smaller ones need."
    `,
    );
  });

  it('needs no verdict with one transport', () => {
    const text = fullTable(madeUpResult({ transports: ['ws'] }));
    expect(verdictIn(text)).toMatchInlineSnapshot(
      `"Only one transport ran: there is nothing to compare it with."`,
    );
    expect(text).not.toContain('change vs');
  });

  it('says beside the verdict that the machine was unfit', () => {
    const warnings = [{ code: 'unfit', message: 'unfit: our own event loop was busy 98 %' }];
    const caveat = /the\stimes\sare\slargely\sour\sown/;
    expect(verdictIn(fullTable(madeUpResult({})))).not.toMatch(caveat);
    expect(verdictIn(fullTable(madeUpResult({ warnings })))).toMatch(caveat);
  });

  it('warns, and takes the verdict back, where transports did different work', () => {
    const result = madeUpResult({
      transports: ['http', 'ws'],
      edit(rounds) {
        for (const { workflows } of rounds) {
          if (workflows['ws'] !== undefined) workflows['ws'].outcomeSha256 = 'ef'.repeat(32);
        }
      },
    });
    const [, , verdict, warning] = sectionsOf(fullTable(result));
    expect(verdict).toContain('the times are not comparable');
    expect(warning).toMatchInlineSnapshot(`
      "warning: in 10 of 10 rounds the transports ended with different calls or texts: they did not do the
        same work"
    `);
  });

  it('prints a p95 from 72 workflows on, a dash below', () => {
    const p95In = (rounds: number): string | undefined =>
      fullTable(madeUpResult({ transports: ['ws'], rounds, steps: 1 }), { width: 60 })
        .split('\n')
        .find((line) => line.startsWith('p95'));
    expect(p95In(71)).toMatch(/^p95 +–$/);
    expect(p95In(72)).toMatch(/^p95 +29\d ms$/);
  });

  it('prints seconds from 10 s on', () => {
    expect(fullTable(madeUpResult({ steps: 40 }))).toMatch(/15\.\d s +/);
  });

  it('names what a run against a real endpoint depended on', () => {
    const { options } = madeUpResult().run;
    const text = fullTable(
      madeUpResult({
        run: {
          endpoint: { kind: 'url', url: 'https://example.com/v1', profile: null, link: null },
          options: {
            ...options,
            model: 'gpt-example',
            insecure: true,
            toolTime: 0.5,
            concurrency: 1,
          },
        },
      }),
    );
    expect(sectionsOf(text)[3]).toMatchInlineSnapshot(`
      "Measured under these conditions:
        scenario   coding-agent, 4 steps (sha256 abababababab)
        endpoint   https://example.com/v1, TLS, certificate not verified, model gpt-example
        link       none emulated
        tool time  the scenario's waits × 0.5
        rounds     10 rounds of 3 transports after 1 to warm up, concurrency 1, seed 1"
    `);
  });

  it('colours only when asked to', () => {
    const escape = String.fromCharCode(27);
    expect(fullTable(madeUpResult())).not.toContain(escape);
    expect(fullTable(madeUpResult(), { color: true })).toContain(`${escape}[32m-1`);
  });

  it('lets no text from an endpoint steer the terminal', () => {
    const warning = { code: 'x', message: 'done\u001b[2Jcleared\u0007' };
    const text = fullTable(
      madeUpResult({ transports: ['http', 'w\u001b[31ms'], warnings: [warning] }),
    );
    expect(text).toContain('done [2Jcleared');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it.each([100, 80])('keeps to %d columns', (width) => {
    const text = fullTable(madeUpResult({ edit: failing('ws', 8) }), { width });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
  });
});

/** Half the rounds a little faster, half a little slower than the base. */
function likeTheBase(rounds: RoundRecord[]): void {
  for (const [index, { workflows }] of rounds.entries()) {
    const { ws, other } = workflows;
    if (ws === undefined || other === undefined) continue;
    other.e2eUs = Math.round(ws.e2eUs * (index % 2 === 0 ? 1.02 : 0.98));
  }
}
