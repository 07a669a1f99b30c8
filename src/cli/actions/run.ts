import { rmdir } from 'node:fs/promises';
import { firstOf, gate } from '../../app/gate.ts';
import { type Job, prepareJobs, runJob } from '../../app/job.ts';
import { abortOnFail } from '../../app/run/abort-on-fail.ts';
import type { GateReport } from '../../compare/gate/report.ts';
import type { Format } from '../../report/index.ts';
import { gateReporters, resultWriters } from '../../report/index.ts';
import { createResultFolder } from '../../result/folder.ts';
import type { GateFlags } from '../flags/gate-flags.ts';
import {
  checkPlan,
  type GatePlan,
  gatePlanOf,
  idleLimits,
  withoutLimits,
} from '../flags/gate-terms.ts';
import type { OutputFlags } from '../flags/output-flags.ts';
import { optionsOf, type RunFlags } from '../flags/run-flags.ts';
import { runExitCode, whyItFailed } from '../terminal/exit-code.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';
import { rescuing } from '../terminal/last-words.ts';
import { terminalOptions } from '../terminal/look.ts';
import { checkOutputs, exportFiles, printOutput, writeEach } from '../terminal/outputs.ts';
import { createPrinter, type Printer } from '../terminal/printer.ts';
import { watchRun } from '../terminal/watch-run.ts';
import { confirmCost } from './confirm-cost.ts';
import { dryRun } from './dry-run.ts';
import { gateFile, rescueOf, resultFiles } from './result-files.ts';

type AllRunFlags = RunFlags & GateFlags & OutputFlags;

/** The action of `run`: measures every scenario in turn; sets the exit code. */
export async function runAction(names: readonly string[], flags: AllRunFlags): Promise<void> {
  // All mistakes show before anything is sent, and before anything that can be read only once is.
  const options = await optionsOf(flags);
  const asked = await gatePlanOf(flags);
  const plan = flags.ramp ? withoutLimits(asked) : asked;
  await checkOutputs(flags, Math.max(1, names.length));
  const jobs = await prepareJobs({ ...options, goodWithin: asked.thresholds }, names);
  const [{ options: resolved }] = jobs[0].sides;
  checkPlan(asked, resolved.transports);
  if (!flags.quiet) process.stderr.write(idleLimits(flags));
  if (flags.dryRun) {
    dryRun(jobs);
    return;
  }

  await interruptible(async (signal) => {
    const sides = jobs.map(({ script, sides: [{ options }] }) => ({ script, options }));
    if (!(await confirmCost(sides, flags, signal))) {
      process.stderr.write('Nothing was sent.\n');
      process.exitCode = signal.aborted ? INTERRUPTED : 0;
      return;
    }
    const exitCodes: number[] = [];
    const printer = createPrinter(jobs.length);
    try {
      for (const job of jobs) {
        exitCodes.push(...(await runOne(job, plan, flags, printer, signal)));
        if (signal.aborted || resolved.spend?.exhausted !== undefined) break;
      }
    } finally {
      printer.end();
    }
    process.exitCode = firstOf(exitCodes);
  });
}

/** Measures one scenario, prints it and writes its folder; returns the exit codes that it asks for. */
async function runOne(
  job: Job,
  plan: GatePlan,
  flags: AllRunFlags,
  printer: Printer,
  signal: AbortSignal,
): Promise<number[]> {
  const folder = await createResultFolder(flags.out, new Date(), job.script.name);
  const watch = watchRun(job.script.name, flags, () => folder, abortOnFail(plan.thresholds));
  try {
    const [result] = await rescuing(rescueOf(folder), () => runJob(job, watch.hooks, signal));
    watch.stop();
    const report = plan.asked ? gate(result, plan.options) : undefined;
    const options = { folder, ...(report && { gate: report }) };
    const printed = printOutput(result, resultWriters, flags, options, (format, text) => {
      printer.print(job.script.name, format, text);
    });
    if (report) printVerdict(report, printed);
    const why = whyItFailed([result], watch.failure());
    process.stderr.write(`${why}${watch.failures(why)}`);
    await writeEach([
      ...resultFiles(folder, result),
      ...(report ? [gateFile(folder, report)] : []),
      ...exportFiles(result, resultWriters, flags, options, signal),
    ]);
    return [runExitCode(result, flags.strict ?? false), ...(report ? [report.exitCode] : [])];
  } catch (error) {
    watch.stop();
    // Nothing was measured: an empty folder would look like a result.
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/** The verdict follows the table, or goes to stderr where stdout holds another format. */
function printVerdict(report: GateReport, printed: Format): void {
  const stream = printed === 'table' ? process.stdout : process.stderr;
  stream.write(`\n${gateReporters.table(report, printed === 'table' ? terminalOptions() : {})}`);
}
