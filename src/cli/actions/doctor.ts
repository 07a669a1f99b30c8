import { checks, examine, TOKENS_PER_CALL } from '../../app/doctor/doctor.ts';
import type { CheckResult, DoctorReport } from '../../app/doctor/report.ts';
import { checkEndpoint } from '../../app/options/endpoint.ts';
import type { FlagsOf } from '../../app/options/settings/index.ts';
import { endpointOf } from '../flags/run-flags.ts';
import { confirm } from '../terminal/confirm.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';

/** The flags of `doctor`. */
export type DoctorFlags = FlagsOf<'doctor'> & {
  idle?: number;
  frame?: number;
  timeout: number;
  maxTokens?: number;
  dryRun?: true;
  yes?: true;
  format: 'table' | 'json';
};

/** The action of `doctor`: a line for each check as it is made, then what `run` can measure there. */
export async function doctorAction(url: string | undefined, flags: DoctorFlags): Promise<void> {
  const { idle, frame, timeout, maxTokens, format } = flags;
  const endpoint = await endpointOf({ ...flags, ...(url !== undefined && { url }) });
  const { host } = checkEndpoint(endpoint).url;
  if (flags.dryRun) {
    process.stdout.write(dryRun(host));
    return;
  }
  await interruptible(async (signal) => {
    const mayAsk = flags.yes !== true && process.stdin.isTTY && process.stderr.isTTY;
    if (mayAsk && !(await confirm(`Send ${cost()} to ${host}?`, signal))) return;
    const report = await examine({
      ...{ endpoint, timeoutMs: timeout, signal },
      ...(idle !== undefined && { idleMs: idle }),
      ...(frame !== undefined && { frameBytes: frame }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(format === 'table' && { onCheck: (check) => process.stdout.write(lineOf(check)) }),
    });
    process.stdout.write(
      format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : conclusionOf(report),
    );
    process.exitCode = signal.aborted ? INTERRUPTED : report.webSocketMode ? 0 : 1;
  });
}

function cost(): string {
  const calls = checks.reduce((sum, each) => sum + each.calls, 0);
  return `${String(calls)} small requests (at most about ${String(calls * TOKENS_PER_CALL)} tokens)`;
}

function dryRun(host: string): string {
  const lines = checks.map(({ title, sent }) => `  ${title.padEnd(TITLE_WIDTH)}  ${sent}\n`);
  return `${lines.join('')}In all ${cost()} to ${host}; nothing was sent.\n`;
}

const TITLE_WIDTH = Math.max(...checks.map(({ title }) => title.length));
const VERDICT_WIDTH = 'not asked'.length;

function lineOf({ verdict, title, sent, came }: CheckResult): string {
  return `${verdict.padEnd(VERDICT_WIDTH)}  ${title.padEnd(TITLE_WIDTH)}  ${sent} → ${came}\n`;
}

function conclusionOf({ url, transports, flags, tokens }: DoctorReport): string {
  const billed = `${String(tokens)} tokens were billed.`;
  if (transports.length === 0) return `\nNothing that run could measure at ${url}. ${billed}\n`;
  const more = flags.map((flag) => ` ${flag}`).join('');
  return `\nrun can measure ${transports.join(', ')}: agent-latency-bench run --url ${url} -t ${transports.join(',')}${more}\n${billed}\n`;
}
