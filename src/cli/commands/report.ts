import type { Command } from 'commander';
import type { OutputFlags } from '../flags/output-flags.ts';
import { addSettings } from '../flags/settings-flags.ts';

/** The arguments, flags and action of `report <result>`, added to its command. */
export function reportCommand(command: Command): Command {
  command.argument('<result>', 'result.json, or the folder that holds it');
  return addSettings(command, 'report')
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench report results/20261122T181530Z-coding-agent
  $ agent-latency-bench report result.json --format markdown >> "$GITHUB_STEP_SUMMARY"`,
    )
    .action(async (file: string, flags: OutputFlags) => {
      const { readResult } = await import('../../app/read-result.ts');
      const { resultWriters } = await import('../../report/index.ts');
      const { checkOutputs, writeOutputs } = await import('../terminal/outputs.ts');
      await checkOutputs(flags, 1);
      await writeOutputs(await readResult(file), resultWriters, flags);
    });
}
