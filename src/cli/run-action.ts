import { rmdir } from 'node:fs/promises';
import { type BenchmarkOptions, resolveOptions } from '../app/options.ts';
import { type RunHooks, runBenchmark, type WorkflowEvent } from '../app/run.ts';
import { stepsCsv, summaryCsv } from '../report/csv.ts';
import { createResultFolder } from '../result/folder.ts';
import type { Result } from '../result/schema.ts';
import { writeResult } from '../result/write.ts';
import { loadScenario } from '../scenario/load.ts';
import { confirmCost } from './cost.ts';
import { dryRun } from './dry-run.ts';
import { INTERRUPTED, interruptible } from './interrupt.ts';
import type { OutputFlags } from './output-flags.ts';
import { checkOutputs, writeOutputs } from './outputs.ts';
import { createProgress } from './progress.ts';
import { optionsOf, type RunFlags } from './run-flags.ts';

/** Exit code of a run on a machine that was unfit to measure, where `--strict` asks for it. */
const UNFIT = 4;
/** Which exit code wins where several scenarios ended differently. */
const precedence = [INTERRUPTED, 1, UNFIT];

/** Runs every scenario in turn; sets the exit code. */
export async function runAction(
  names: readonly string[],
  flags: RunFlags & OutputFlags,
): Promise<void> {
  const scenarios = names.length === 0 ? ['coding-agent'] : names;
  const options = await optionsOf(flags);
  // All mistakes show before anything is sent.
  resolveOptions(options);
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
      const { result, failure } = await runOne({ ...options, scenario }, flags, signal);
      const exitCode = exitCodeOf(result, flags.strict ?? false);
      if (exitCode === 1) process.stderr.write(`error: ${noneCompleted(failure)}\n`);
      exitCodes.push(exitCode);
      if (signal.aborted || options.spend?.exhausted !== undefined) break;
    }
    process.exitCode = precedence.find((code) => exitCodes.includes(code)) ?? 0;
  });
}

async function runOne(
  options: BenchmarkOptions & { scenario: string },
  flags: RunFlags & OutputFlags,
  signal: AbortSignal,
): Promise<{ result: Result; failure: string | undefined }> {
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
  };
  try {
    const result = await runBenchmark(options, hooks, signal);
    progress?.stop();
    await writeResult(folder, result, {
      'summary.csv': summaryCsv(result),
      'steps.csv': stepsCsv(result),
    });
    await writeOutputs(result, flags, folder);
    return { result, failure };
  } catch (error) {
    progress?.stop();
    // Nothing was measured: an empty folder would look like a result.
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

function exitCodeOf({ run, transports, warnings }: Result, strict: boolean): number {
  if (run.stopReason === 'interrupted') return INTERRUPTED;
  const completed = Object.values(transports).some(({ workflows }) => workflows.completed > 0);
  const limited = run.stopReason === 'request_limit' || run.stopReason === 'token_limit';
  if (!completed && !limited) return 1;
  return strict && warnings.some(({ code }) => code === 'unfit') ? UNFIT : 0;
}

function noneCompleted(failure: string | undefined): string {
  return `no workflow completed; the first failure: ${failure ?? 'unknown'}`;
}
