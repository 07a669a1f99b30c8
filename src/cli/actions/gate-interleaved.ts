import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { firstOf, gate } from '../../app/gate.ts';
import {
  type InterleaveOptions,
  interleaveDefaults,
  runInterleaved,
} from '../../app/interleave.ts';
import { resolveOptions } from '../../app/options/resolve.ts';
import { abortOnFail } from '../../app/run/abort-on-fail.ts';
import { UsageError } from '../../errors.ts';
import { stepsCsv, summaryCsv } from '../../report/formats/csv.ts';
import { gateReporters, gateReportersOf } from '../../report/index.ts';
import { createResultFolder } from '../../result/folder.ts';
import type { Result } from '../../result/schema.ts';
import { writeResult, writeWhole } from '../../result/write.ts';
import { loadScenario } from '../../scenario/load.ts';
import type { AllGateFlags } from '../flags/gate-flags.ts';
import { checkPlan, type GatePlan } from '../flags/gate-terms.ts';
import { optionsOf } from '../flags/run-flags.ts';
import { runExitCode } from '../terminal/exit-code.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';
import { writeOutputs } from '../terminal/outputs.ts';
import { createProgress } from '../terminal/progress.ts';
import { confirmCost } from './confirm-cost.ts';

/** Measures both endpoints in one job, writes `base/` and `candidate/`, prints the verdict; sets the exit code. */
export async function interleaveAction(plan: GatePlan, flags: AllGateFlags): Promise<void> {
  const options = await interleaveOptionsOf(flags);
  const { scenario = 'coding-agent', base, candidate, ...common } = options;
  // All mistakes show before anything is sent.
  for (const endpoint of [base, candidate]) resolveOptions({ ...common, endpoint });
  checkPlan(plan, common.transports ?? interleaveDefaults.transports);
  const { scenario: loaded } = await loadScenario(scenario);

  await interruptible(async (signal) => {
    for (const endpoint of [base, candidate]) {
      if (await confirmCost([scenario], { ...common, endpoint }, flags, signal)) continue;
      process.stderr.write('Nothing was sent.\n');
      process.exitCode = signal.aborted ? INTERRUPTED : 0;
      return;
    }
    const folder = await createResultFolder(flags.out, new Date(), `${loaded.name}-gate`);
    const { results, failure } = await measure(
      { ...options, scenario },
      plan,
      folder,
      flags,
      signal,
    );
    const report = gate(results.candidate, { ...plan.options, baseline: results.base });
    await writeWhole(path.join(folder, 'gate.json'), gateReporters.json(report));
    await writeOutputs(report, gateReportersOf(results.candidate), flags, { folder });
    const { base: before, candidate: after } = results;
    const exitCodes = [before, after].map((result) => runExitCode(result, flags.strict ?? false));
    if (exitCodes.includes(1)) process.stderr.write(`error: ${noneCompleted(failure)}\n`);
    process.exitCode = firstOf([...exitCodes, report.exitCode]);
  });
}

async function interleaveOptionsOf(flags: AllGateFlags): Promise<InterleaveOptions> {
  const { url, baseUrl } = flags;
  if (url === undefined || baseUrl === undefined) {
    const [given, other] = url === undefined ? ['--base-url', '--url'] : ['--url', '--base-url'];
    throw new UsageError(`${given}: goes with ${other}, the other of the two to compare`);
  }
  const { endpoint: candidate, ...common } = await optionsOf({ ...flags, tls: true });
  const { apiKeyEnv: _key, header: _header, model, ...shared } = flags;
  const baseModel = flags.baseModel ?? model;
  // Keys and headers are a side's own: none is sent to the other.
  const { endpoint: base } = await optionsOf({
    ...shared,
    tls: true,
    url: baseUrl,
    ...(baseModel !== undefined && { model: baseModel }),
    ...(flags.baseApiKeyEnv !== undefined && { apiKeyEnv: flags.baseApiKeyEnv }),
    ...(flags.baseHeader && { header: flags.baseHeader }),
  });
  if (base === undefined || candidate === undefined) throw new Error('a URL gave no endpoint');
  return {
    ...interleaveDefaults,
    ...common,
    ...(flags.scenario !== undefined && { scenario: flags.scenario }),
    base,
    candidate,
  };
}

async function measure(
  options: InterleaveOptions & { scenario: string },
  plan: GatePlan,
  folder: string,
  flags: AllGateFlags,
  signal: AbortSignal,
): Promise<{ results: { base: Result; candidate: Result }; failure: string | undefined }> {
  const progress = flags.quiet || !flags.progress ? undefined : createProgress(options.scenario);
  let failure: string | undefined;
  try {
    const results = await runInterleaved(
      options,
      {
        ...progress?.hooks,
        onWorkflow: (event) => {
          failure ??= event.failure;
          progress?.hooks.onWorkflow?.(event);
        },
        ...abortOnFail(plan.thresholds),
      },
      signal,
    );
    progress?.stop();
    for (const side of ['base', 'candidate'] as const) await writeSide(folder, side, results[side]);
    return { results, failure };
  } catch (error) {
    progress?.stop();
    // Only if nothing was measured: an empty folder would look like a result.
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

async function writeSide(folder: string, side: string, result: Result): Promise<void> {
  const own = path.join(folder, side);
  await mkdir(own);
  await writeResult(own, result, {
    'summary.csv': summaryCsv(result),
    'steps.csv': stepsCsv(result),
  });
}

function noneCompleted(failure: string | undefined): string {
  return `no workflow completed on one side; the first failure: ${failure ?? 'unknown'}`;
}
