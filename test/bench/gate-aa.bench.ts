import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  type GateReport,
  gateReportSchema,
  type RegressionCheck,
} from '../../src/compare/gate/report.ts';
import { median } from '../../src/stats/percentile.ts';
import type { Benchmark, Finding } from './benchmark.ts';

const bin = fileURLToPath(new URL('../../bin/agent-latency-bench.js', import.meta.url));
const RUNS = 20;
const PILOTS = 3;
const STEPS = 7;
/** What a step takes before its first token at the base. */
const BASE_STEP_MS = 20;

/** The real gate on two real servers: does it keep quiet where nothing changed, and speak up where something did? */
export const benchmark: Benchmark = {
  title: 'gate on two endpoints, interleaved',
  note: `${RUNS} gates of 20 rounds each (quick, ws, no tool time), margin 5 %, on two \`serve\`s of this build: the same profile on both, one slower by 15 % end to end, one by 1 %. The delay a step needs for that is set from the medians of three gates before, and the change that came of it is shown.`,
  byNameOnly: true,
  run: async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'alb-gate-'));
    const servers: ChildProcess[] = [];
    const serve = async (stepMs: number): Promise<string> => {
      const { server, url } = await startServer(folder, stepMs);
      servers.push(server);
      return url;
    };
    try {
      const base = await serve(BASE_STEP_MS);
      const same = await serve(BASE_STEP_MS);
      const wholeUs: number[] = [];
      for (let pilot = 0; pilot < PILOTS; pilot++) {
        wholeUs.push(e2eOf(await runGate(folder, base, same)).base ?? NaN);
      }
      const slower = (share: number): number =>
        BASE_STEP_MS + (share * (median(wholeUs) ?? NaN)) / 1000 / STEPS;
      const cases = [
        { what: 'the same build', url: same, promise: 'no regression', most: 0, least: 0 },
        {
          what: '15 % slower',
          url: await serve(slower(0.15)),
          promise: 'at least 18 of 20',
          most: RUNS,
          least: Math.ceil(RUNS * 0.9),
        },
        {
          what: '1 % slower',
          url: await serve(slower(0.01)),
          promise: 'no regression',
          most: 0,
          least: 0,
        },
      ].map((each) => ({ ...each, reports: [] as GateReport[] }));
      // In turn, so that a bad minute of the machine falls on all three.
      for (let run = 0; run < RUNS; run++) {
        for (const { what, url, reports } of cases) {
          const report = await runGate(folder, base, url);
          reports.push(report);
          const { value, interval, limit } = e2eOf(report);
          console.error(
            `${run + 1}/${RUNS} ${what}: ${report.verdict}, e2e ${value?.toFixed(1)} % (${interval?.lower.toFixed(1)} to ${interval?.upper.toFixed(1)} %, limit ${limit.toFixed(1)} %)`,
          );
        }
      }
      return cases.map(findingOf);
    } finally {
      for (const server of servers) server.kill();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function findingOf(row: {
  what: string;
  promise: string;
  most: number;
  least: number;
  reports: readonly GateReport[];
}): Finding {
  const { what, promise, most, least, reports } = row;
  const raised = reports.filter(({ exitCode }) => exitCode === 3).length;
  const changes = reports.flatMap((report) => e2eOf(report).value ?? []);
  const widths = reports.flatMap((report) => {
    const { interval } = e2eOf(report);
    return interval === null ? [] : [(interval.upper - interval.lower) / 2];
  });
  const count = (verdict: GateReport['verdict']): string =>
    String(reports.filter((report) => report.verdict === verdict).length);
  return {
    columns: {
      candidate: what,
      'e2e measured': `${(median(changes) ?? NaN).toFixed(1)} %`,
      'half interval': `${(median(widths) ?? NaN).toFixed(1)} %`,
      regression: `${raised} of ${reports.length}`,
      pass: count('pass'),
      inconclusive: count('inconclusive'),
    },
    promise: { text: promise, kept: raised >= least && raised <= most },
  };
}

/** The check of the whole workflow. */
function e2eOf({ checks }: GateReport): RegressionCheck {
  const check = checks
    .filter((each) => each.kind === 'regression')
    .find(({ metric }) => metric === 'workflow_e2e');
  if (check === undefined) throw new Error('the gate compared no workflow');
  return check;
}

async function startServer(
  folder: string,
  stepMs: number,
): Promise<{ server: ChildProcess; url: string }> {
  const profile = path.join(folder, `${stepMs}.json`);
  await writeFile(
    profile,
    JSON.stringify({
      name: 'fixed',
      description: 'a fixed delay before the first token',
      prefill: { fixedMs: stepMs, source: 'injected' },
      decode: { tokensPerSecond: 100_000, source: 'injected' },
    }),
  );
  const args = [bin, 'serve', '--port', '0', '--profile', profile];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^listening on (.+)$/.exec(line)?.[1];
    if (url !== undefined) return { server, url };
  }
  throw new Error('serve ended before it listened');
}

function runGate(folder: string, base: string, candidate: string): Promise<GateReport> {
  const args = [
    ...['gate', '--base-url', base, '--url', candidate, '--scenario', 'quick', '-t', 'ws'],
    ...['--tool-time', 'none', '-q', '--yes', '--format', 'json', '-o', folder],
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [bin, ...args], (error, stdout, stderr) => {
      // 3 is an answer.
      if (error !== null && error.code !== 3) reject(new Error(stderr, { cause: error }));
      else resolve(gateReportSchema.parse(JSON.parse(stdout)));
    });
  });
}
