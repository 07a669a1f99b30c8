import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { firstOf, gate } from '../../app/gate.ts';
import { type InterleaveOptions, prepareInterleaved } from '../../app/interleave.ts';
import { runJob } from '../../app/job.ts';
import { abortOnFail } from '../../app/run/abort-on-fail.ts';
import { UsageError } from '../../errors.ts';
import { stepsCsv, summaryCsv } from '../../report/formats/csv.ts';
import { gateReporters, gateReportersOf } from '../../report/index.ts';
import { createResultFolder } from '../../result/folder.ts';
import type { Result } from '../../result/schema.ts';
import { writeResult } from '../../result/write.ts';
import { writeWhole } from '../../result/write-whole.ts';
import type { AllGateFlags } from '../flags/gate-flags.ts';
import { checkPlan, type GatePlan } from '../flags/gate-terms.ts';
import { optionsOf } from '../flags/run-flags.ts';
import { INTERRUPTED, runExitCode, whyItFailed } from '../terminal/exit-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { writeOutputs } from '../terminal/outputs.ts';
import { watchRun } from '../terminal/watch-run.ts';
import { confirmCost } from './confirm-cost.ts';

type InterleavedJob = Awaited<ReturnType<typeof prepareInterleaved>>;

/** Measures both endpoints in one job, writes `base/` and `candidate/`, prints the verdict; sets the exit code. */
export async function interleaveAction(plan: GatePlan, flags: AllGateFlags): Promise<void> {
  // All mistakes show before anything is sent.
  const job = await prepareInterleaved(await interleaveOptionsOf(flags));
  const { script, sides } = job;
  checkPlan(plan, sides[0].options.transports);

  await interruptible(async (signal) => {
    for (const { options } of sides) {
      if (await confirmCost([{ script, options }], flags, signal)) continue;
      process.stderr.write('Nothing was sent.\n');
      process.exitCode = signal.aborted ? INTERRUPTED : 0;
      return;
    }
    const folder = await createResultFolder(flags.out, new Date(), `${script.name}-gate`);
    const { base, candidate, failure } = await measure(job, plan, folder, flags, signal);
    const report = gate(candidate, { ...plan.options, baseline: base });
    await writeWhole(path.join(folder, 'gate.json'), gateReporters.json(report));
    await writeOutputs(report, gateReportersOf(candidate), flags, { folder });
    process.stderr.write(whyItFailed([base, candidate], failure));
    const strict = flags.strict ?? false;
    process.exitCode = firstOf([
      runExitCode(base, strict),
      runExitCode(candidate, strict),
      report.exitCode,
    ]);
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
    ...common,
    ...(flags.scenario !== undefined && { scenario: flags.scenario }),
    base,
    candidate,
  };
}

async function measure(
  job: InterleavedJob,
  plan: GatePlan,
  folder: string,
  flags: AllGateFlags,
  signal: AbortSignal,
): Promise<{ base: Result; candidate: Result; failure: string | undefined }> {
  const watch = watchRun(job.script.name, flags);
  try {
    const hooks = { ...watch.hooks, ...abortOnFail(plan.thresholds) };
    const [base, candidate] = await runJob(job, hooks, signal);
    watch.stop();
    await writeSide(folder, 'base', base);
    await writeSide(folder, 'candidate', candidate);
    return { base, candidate, failure: watch.failure() };
  } catch (error) {
    watch.stop();
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
