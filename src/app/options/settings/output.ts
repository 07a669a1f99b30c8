import type { Format } from '../../../report/index.ts';
import type { CommandName, Setting, SettingTable } from './setting.ts';

const everywhere = ['run', 'gate', 'compare', 'report'] as const satisfies CommandName[];

/** Where results go, what is printed, and in which other formats they are written. */
export const outputSettings = {
  out: {
    value: 'text',
    flag: '-o, --out <dir>',
    help: 'parent folder of results',
    preset: 'results',
    on: ['run', 'gate'],
  },
  quiet: {
    value: 'switch',
    flag: '-q, --quiet',
    help: 'nothing on stderr but errors',
    on: ['run', 'gate'],
  },
  progress: {
    value: 'off',
    flag: '--no-progress',
    help: 'no live progress on stderr',
    on: ['run', 'gate'],
  },
  format: {
    value: 'format',
    flag: '--format <format>',
    help: 'what to print on stdout',
    preset: 'table',
    on: everywhere,
  },
  exportJson: fileOf('json', 'write the result as JSON too; - is stdout'),
  exportCsv: fileOf('csv', 'write the summary as CSV too'),
  exportMarkdown: fileOf('markdown', 'write a Markdown table too'),
  exportJunit: fileOf('junit', "JUnit's XML, for test reports"),
  exportGithubSummary: fileOf('github-summary', 'Markdown for $GITHUB_STEP_SUMMARY'),
  exportGithubAnnotations: fileOf(
    'github-annotations',
    'workflow commands; - shows them in the job',
  ),
  exportBmf: fileOf('bmf', 'Bencher Metric Format'),
  exportGithubActionBenchmark: fileOf('github-action-benchmark', 'its customSmallerIsBetter'),
  exportOpenmetrics: fileOf('openmetrics', 'OpenMetrics text, for Prometheus'),
} as const satisfies SettingTable;

/** The setting that names the file for one more format. */
function fileOf<Exported extends Format>(exports: Exported, help: string) {
  return {
    value: 'text',
    flag: `--export-${exports} <file>`,
    help,
    on: everywhere,
    exports,
    examples: ['-', './file'],
  } as const satisfies Setting;
}
