import { gate } from '../../app/gate.ts';
import { readResult } from '../../app/read-result.ts';
import { UsageError } from '../../errors.ts';
import { gateWritersOf } from '../../report/index.ts';
import type { AllGateFlags } from '../flags/gate-flags.ts';
import { checkPlan, gatePlanOf, idleLimits } from '../flags/gate-terms.ts';
import { checkOutputs, writeOutputs } from '../terminal/outputs.ts';
import { interleaveAction } from './gate-interleaved.ts';

/** Judges a result that is there, or measures two endpoints and judges these; sets the exit code. */
export async function gateAction(
  candidate: string | undefined,
  flags: AllGateFlags,
): Promise<void> {
  await checkOutputs(flags, 1);
  const plan = await gatePlanOf(flags);
  if (flags.baseUrl !== undefined || flags.url !== undefined) {
    if (candidate !== undefined || flags.baseline !== undefined) {
      throw new UsageError(
        'gate: expected a result with --baseline, or --base-url with --url, got both',
      );
    }
    await interleaveAction(plan, flags);
    return;
  }
  if (candidate === undefined) {
    throw new UsageError(
      'gate: expected a result to judge, or --base-url and --url to measure; got neither',
    );
  }
  if (!plan.asked) {
    throw new UsageError('gate: expected --baseline or --threshold to judge by, got neither');
  }
  const result = await readResult(candidate);
  checkPlan(plan, result.run.options.transports);
  if (!flags.quiet) process.stderr.write(idleLimits(flags));
  const report = gate(result, plan.options);
  await writeOutputs(report, gateWritersOf(result), flags);
  process.exitCode = report.exitCode;
}
