import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { firstOf, gate } from '../../app/gate.ts';
import { type BenchmarkOptions, resolveOptions } from '../../app/options/resolve.ts';
import { abortOnFail } from '../../app/run/abort-on-fail.ts';
import { type RunHooks, runBenchmark, type WorkflowEvent } from '../../app/run/run.ts';
import type { GateReport } from '../../compare/gate/report.ts';
import type { Format } from '../../report/format-names.ts';
import { stepsCsv, summaryCsv } from '../../report/formats/csv.ts';
import { gateReporters, reporters } from '../../report/index.ts';
import { createResultFolder } from '../../result/folder.ts';
import type { Result } from '../../result/schema.ts';
import { writeResult, writeWhole } from '../../result/write.ts';
import { loadScenario } from '../../scenario/load.ts';
import type { GateFlags } from '../flags/gate-flags.ts';
import { checkPlan, type GatePlan, gatePlanOf } from '../flags/gate-terms.ts';
import type { OutputFlags } from '../flags/output-flags.ts';
import { optionsOf, type RunFlags } from '../flags/run-flags.ts';
import { runExitCode } from '../terminal/exit-code.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';
import { checkOutputs, terminalOptions, writeOutputs } from '../terminal/outputs.ts';
import { createProgress } from '../terminal/progress.ts';
import { confirmCost } from './confirm-cost.ts';
import { dryRun } from './dry-run.ts';

/** Runs every scenario in turn; sets the exit code. */
export async function runAction(
  names: readonly string[],
  flags: RunFlags & GateFlags & OutputFlags,
): Promise<void> {
  const scenarios = names.length === 0 ? ['coding-agent'] : names;
  const options = await optionsOf(flags);
  // All mistakes show before anything is sent.
  const { transports } = resolveOptions(options);
  const plan = await gatePlanOf(flags);
  checkPlan(plan, transports);
  for (const scenario of scenarios) await loadScenario(scenario);
  await checkOutputs(flags, scenarios.length);
  if (flags.dryRun) {
    process.stdout.write(await dryRun(scenarios, options));
    return;
  }

  await interruptible(async (signal) => {
    if (!(await confirmCost(scenarios, options, flags, signal))) {
      process.stderr.write('Nothing was sent.\n');
      process.exitCode = signal.aborted ? INTERRUPTED : 0;
      return;
    }
    const exitCodes: number[] = [];
    for (const scenario of scenarios) {
      const one = await runOne({ ...options, scenario }, plan, flags, signal);
      const { result, failure, report } = one;
      const exitCode = runExitCode(result, flags.strict ?? false);
      if (exitCode === 1) process.stderr.write(`error: ${noneCompleted(failure)}\n`);
      exitCodes.push(exitCode);
      if (report !== undefined) exitCodes.push(report.exitCode);
      if (signal.aborted || options.spend?.exhausted !== undefined) break;
    }
    process.exitCode = firstOf(exitCodes);
  });
}

async function runOne(
  options: BenchmarkOptions & { scenario: string },
  plan: GatePlan,
  flags: RunFlags & GateFlags & OutputFlags,
  signal: AbortSignal,
): Promise<{ result: Result; failure: string | undefined; report: GateReport | undefined }> {
  const { scenario } = await loadScenario(options.scenario);
  const folder = await createResultFolder(flags.out, new Date(), scenario.name);
  const progress = flags.quiet || !flags.progress ? undefined : createProgress(scenario.name);
  let failure: string | undefined;
  const hooks: RunHooks = {
    ...progress?.hooks,
    onWorkflow: (event: WorkflowEvent) => {
      failure ??= event.failure;
      progress?.hooks.onWorkflow?.(event);
    },
    ...abortOnFail(plan.thresholds),
  };
  try {
    const result = await runBenchmark(options, hooks, signal);
    progress?.stop();
    await writeResult(folder, result, {
      'summary.csv': summaryCsv(result),
      'steps.csv': stepsCsv(result),
    });
    const report = plan.asked ? gate(result, plan.options) : undefined;
    if (report) await writeWhole(path.join(folder, 'gate.json'), gateReporters.json(report));
    const gated = report && { gate: report };
    const printed = await writeOutputs(result, reporters, flags, { folder, ...gated });
    if (report) printVerdict(report, printed);
    return { result, failure, report };
  } catch (error) {
    progress?.stop();
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

function noneCompleted(failure: string | undefined): string {
  return `no workflow completed; the first failure: ${failure ?? 'unknown'}`;
}
