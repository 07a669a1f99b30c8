import type { FlagsOf } from '../../app/options/settings/index.ts';
import { outputSettings } from '../../app/options/settings/output.ts';
import type { Format } from '../../report/index.ts';

/** Flags that say in which formats results leave the program. */
export type OutputFlags = FlagsOf<'report'>;

type ExportKey = Extract<keyof typeof outputSettings, `export${string}`>;

/** Every format that a file can be written in, as `--export-<format>`, and the key of its flag. */
export const exportFlags: readonly { key: ExportKey; format: Format }[] = Object.entries(
  outputSettings,
).flatMap(([key, setting]) =>
  'exports' in setting ? [{ key: key as ExportKey, format: setting.exports }] : [],
);
