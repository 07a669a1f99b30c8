import { compareRuns } from '../../app/compare.ts';
import { readResult } from '../../app/read-result.ts';
import { gateWritersOf } from '../../report/index.ts';
import type { MarginFlags } from '../flags/gate-flags.ts';
import { marginOf } from '../flags/gate-terms.ts';
import type { OutputFlags } from '../flags/output-flags.ts';
import { checkOutputs, writeOutputs } from '../terminal/outputs.ts';

/** The action of `compare`: prints how two results differ; sets the exit code. */
export async function compareAction(
  base: string,
  candidate: string,
  flags: MarginFlags & OutputFlags,
): Promise<void> {
  await checkOutputs(flags, 1);
  const before = await readResult(base);
  const after = await readResult(candidate);
  const report = compareRuns(before, after, marginOf(flags));
  await writeOutputs(report, gateWritersOf(after), flags);
  process.exitCode = report.exitCode;
}
