import { claimFacts } from '../../app/map/claims.ts';
import { claimsReports } from '../../report/estimates.ts';
import { writeWhole } from '../../result/write-whole.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';
import { terminalOptions } from '../terminal/look.ts';
import { writeEach } from '../terminal/outputs.ts';
import { printText } from '../terminal/printer.ts';
import { tellCount } from '../terminal/sweep-progress.ts';

/** The flags of `claims` as commander hands them over. */
export interface ClaimsFlags {
  budget: number;
  out?: string;
  quiet?: true;
  format: keyof typeof claimsReports;
}

/** The action of `claims`: measures what the budget allows, estimates the rest, prints each claim beside our figures. */
export async function claimsAction({ budget, out, quiet, format }: ClaimsFlags): Promise<void> {
  await interruptible(async (signal) => {
    const facts = await claimFacts(
      {
        budgetMs: budget,
        onCell(measured, cells, leftMs) {
          if (!quiet) tellCount(measured, cells, leftMs);
        },
      },
      signal,
    );
    const text = claimsReports[format](facts, out === undefined ? terminalOptions() : {});
    printText(text);
    if (out !== undefined) await writeEach([[out, () => writeWhole(out, text, signal)]]);
    if (signal.aborted) process.exitCode = INTERRUPTED;
  });
}
