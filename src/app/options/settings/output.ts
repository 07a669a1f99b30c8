import { type ExportKey, exportFormats, printedFormats } from '../../../report/index.ts';
import type { CommandName, Setting, SettingTable } from './setting.ts';

const everywhere = ['run', 'gate', 'compare', 'report', 'merge'] as const satisfies CommandName[];

/** The settings of where results go, what is printed, and in which other formats they are written. */
export const outputSettings = {
  out: {
    value: 'text',
    flag: '-o, --out <dir>',
    help: 'parent folder of results',
    preset: 'results',
    on: ['run', 'gate', 'merge'],
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
    value: 'choice',
    choices: printedFormats,
    flag: '--format <format>',
    help: 'what to print on stdout',
    preset: 'table',
    on: everywhere,
  },
  full: {
    value: 'switch',
    flag: '--full',
    help: 'print everything that there is to say, not only what decides',
    on: ['run', 'report', 'merge'],
  },
  ...exportSettings(),
} as const satisfies SettingTable;

/** The file of one more format. */
export interface ExportSetting extends Setting {
  value: 'text';
  on: typeof everywhere;
}

/** A setting for every format that a file can be written in. */
function exportSettings(): Readonly<Record<ExportKey, ExportSetting>> {
  const rows = exportFormats.map(({ key, flag, help }) => [
    key,
    { value: 'text', flag: `${flag} <file>`, help, on: everywhere, examples: ['-', './file'] },
  ]);
  return Object.fromEntries(rows) as Record<ExportKey, ExportSetting>;
}
