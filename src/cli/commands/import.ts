import type { Command } from 'commander';
import { sessionFormats } from '../../record/import/formats.ts';
import type { ImportFlags } from '../actions/import.ts';

/** The arguments, flags and action of `import <source…>`, added to its command. */
export function importCommand(command: Command): Command {
  return command
    .argument(
      '[source...]',
      'session files or folders; - or nothing for stdin; or codex, claude, copilot: the newest session of that agent here',
    )
    .option('--format <name>', 'what the files are (default: guessed), one of the list below')
    .option(
      '-o, --out <file|folder>',
      'where to write (default: <name>.yaml here); - prints the one scenario on stdout',
    )
    .option('--keep-content', 'keep the words, which may be private; else filler of the same size')
    .option('--allow-torn', 'a line that is cut off ends the file, as in one still being written')
    .option('--force', 'write over files that exist')
    .addHelpText(
      'after',
      `
Formats:
${sessionFormats.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join('\n')}

Examples:
  $ agent-latency-bench import codex
  $ agent-latency-bench import ~/.claude/projects/my-app/0a1b2c.jsonl -o my-app.yaml
  $ agent-latency-bench import traces/ -o scenarios/
  $ zstd -dc rollout.jsonl.zst | agent-latency-bench import --format codex -o - > my-agent.yaml`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (sources: string[], flags: ImportFlags) => {
      const { importAction } = await import('../actions/import.ts');
      await importAction(sources, flags);
    });
}
