/** A format of reports as the command line and config files know it. */
interface FormatName {
  name: string;
  /** `--format` prints it; the others are read by programs and are exported only. */
  printed?: true;
  /** The help of `--export-<name>`; without it there is no such flag. */
  exportHelp?: string;
}

/**
 * Every format that a report can take. Apart from what renders them (`index.ts`), so that `--help` need not load that.
 */
export const formatNames = [
  { name: 'table', printed: true },
  { name: 'json', printed: true, exportHelp: 'write the result as JSON too; - is stdout' },
  { name: 'csv', printed: true, exportHelp: 'write the summary as CSV too' },
  { name: 'markdown', printed: true, exportHelp: 'write a Markdown table too' },
  { name: 'junit', exportHelp: "JUnit's XML, for test reports" },
  { name: 'github-summary', exportHelp: 'Markdown for $GITHUB_STEP_SUMMARY' },
  { name: 'github-annotations', exportHelp: 'workflow commands; - shows them in the job' },
  { name: 'bmf', exportHelp: 'Bencher Metric Format' },
  { name: 'github-action-benchmark', exportHelp: 'its customSmallerIsBetter' },
  { name: 'openmetrics', exportHelp: 'OpenMetrics text, for Prometheus' },
] as const satisfies readonly FormatName[];

type Row = (typeof formatNames)[number];

/** Formats of `--format` and `--export-…`. */
export type Format = Row['name'];

/** Formats that `--format` prints. */
export type PrintedFormat = Extract<Row, { printed: true }>['name'];

/** All of these. */
export const printedFormats: readonly PrintedFormat[] = formatNames.flatMap((row) =>
  'printed' in row ? [row.name] : [],
);

/** The key of an export in flags and config files: `exportGithubSummary`. */
export type ExportKey = `export${Pascal<Extract<Row, { exportHelp: string }>['name']>}`;

type Pascal<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Capitalize<Head>}${Pascal<Tail>}`
  : Capitalize<Name>;

/** Every format that a file can be written in: its flag, the flag's help, and the key of both. */
export const exportFormats = formatNames.flatMap((row) => {
  if (!('exportHelp' in row)) return [];
  const { name, exportHelp: help } = row;
  return [{ key: exportKeyOf(name), flag: `--export-${name}` as const, format: name, help }];
});

function exportKeyOf(name: string): ExportKey {
  return `export-${name}`.replace(/-([a-z])/g, (_, letter: string) =>
    letter.toUpperCase(),
  ) as ExportKey;
}
