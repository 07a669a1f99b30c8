import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { firstOf, gate } from '../../app/gate.ts';
import { type InterleaveOptions, prepareInterleaved } from '../../app/interleave.ts';
import { runJob } from '../../app/job.ts';
import { abortOnFail } from '../../app/run/abort-on-fail.ts';
import type { SideName } from '../../app/run/hooks.ts';
import { UsageError } from '../../errors.ts';
import { gateWritersOf } from '../../report/index.ts';
import { createResultFolder } from '../../result/folder.ts';
import type { Result } from '../../result/schema.ts';
import type { AllGateFlags } from '../flags/gate-flags.ts';
import { checkPlan, type GatePlan } from '../flags/gate-terms.ts';
import { optionsOf } from '../flags/run-flags.ts';
import { runExitCode, whyItFailed } from '../terminal/exit-code.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';
import { rescuing } from '../terminal/last-words.ts';
import { exportFiles, printOutput, writeEach } from '../terminal/outputs.ts';
import { type RunWatch, watchRun } from '../terminal/watch-run.ts';
import { confirmCost } from './confirm-cost.ts';
import { gateFile, gatePageFile, rescueOf, resultFiles } from './result-files.ts';

type InterleavedJob = Awaited<ReturnType<typeof prepareInterleaved>>;

/**
 * The action of `gate` with two endpoints: measures both in one job, writes `base/` and `candidate/`, prints the
 * verdict; sets the exit code.
 */
export async function interleaveAction(plan: GatePlan, flags: AllGateFlags): Promise<void> {
  // All mistakes show before anything is sent.
  const options = await interleaveOptionsOf(flags);
  const job = await prepareInterleaved({ ...options, goodWithin: plan.thresholds });
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
    const { base, candidate, watch } = await measure(job, plan, folder, flags, signal);
    const report = gate(candidate, { ...plan.options, baseline: base });
    const reporters = gateWritersOf(candidate);
    printOutput(report, reporters, flags, { folder });
    const why = whyItFailed([base, candidate], watch.failure());
    process.stderr.write(`${why}${watch.failures(why)}`);
    await writeEach([
      ...resultFiles(path.join(folder, 'base'), base),
      ...resultFiles(path.join(folder, 'candidate'), candidate),
      gateFile(folder, report),
      gatePageFile(folder, report),
      ...exportFiles(report, reporters, flags, { folder }, signal),
    ]);
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
): Promise<{ base: Result; candidate: Result; watch: RunWatch }> {
  const folderOf = (side: SideName = 'candidate'): string => path.join(folder, side);
  const folders = [folderOf('base'), folderOf('candidate')];
  for (const each of folders) await mkdir(each);
  const watch = watchRun(job.script.name, flags, folderOf, abortOnFail(plan.thresholds));
  try {
    const [base, candidate] = await rescuing(rescueOf(...folders), () =>
      runJob(job, watch.hooks, signal),
    );
    watch.stop();
    return { base, candidate, watch };
  } catch (error) {
    watch.stop();
    // Only if nothing was measured: an empty folder would look like a result.
    for (const each of [...folders, folder]) await rmdir(each).catch(() => undefined);
    throw error;
  }
}
