import { type Command, Option } from 'commander';
import type { Format } from '../../report/index.ts';

/** Flags that say in which formats results leave the program. */
export interface OutputFlags extends Partial<Record<ExportKey, string>> {
  format: Format;
}

type ExportKey = (typeof exportFlags)[number]['key'];

/** Every format that a file can be written in, as `--export-<format>`, and the key of its flag. */
export const exportFlags = [
  { key: 'exportJson', format: 'json', help: 'write the result as JSON too; - is stdout' },
  { key: 'exportCsv', format: 'csv', help: 'write the summary as CSV too' },
  { key: 'exportMarkdown', format: 'markdown', help: 'write a Markdown table too' },
  { key: 'exportJunit', format: 'junit', help: "JUnit's XML, for test reports" },
  {
    key: 'exportGithubSummary',
    format: 'github-summary',
    help: 'Markdown for $GITHUB_STEP_SUMMARY',
  },
  {
    key: 'exportGithubAnnotations',
    format: 'github-annotations',
    help: 'workflow commands; - shows them in the job',
  },
  { key: 'exportBmf', format: 'bmf', help: 'Bencher Metric Format' },
  {
    key: 'exportGithubActionBenchmark',
    format: 'github-action-benchmark',
    help: 'its customSmallerIsBetter',
  },
  { key: 'exportOpenmetrics', format: 'openmetrics', help: 'OpenMetrics text, for Prometheus' },
] as const satisfies readonly { key: string; format: Format; help: string }[];

const formats = ['table', 'json', 'csv', 'markdown'] satisfies Format[];

/** Adds the output flags to a command. */
export function addOutputFlags(command: Command): Command {
  command.addOption(
    new Option('--format <format>', 'what to print on stdout').choices(formats).default('table'),
  );
  for (const { format, help } of exportFlags) command.option(`--export-${format} <file>`, help);
  return command;
}
