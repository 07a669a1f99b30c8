import { UsageError } from './errors.ts';

/** Bytes that stand for one token wherever no tokenizer is asked: English and code measure 3.7 to 4.0. */
export const BYTES_PER_TOKEN = 4;

const durationUnitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const sizeUnitsBytes: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

const rateUnitsBits: Readonly<Record<string, number>> = {
  bps: 1,
  kbps: 1e3,
  Mbps: 1e6,
  Gbps: 1e9,
};

/**
 * Milliseconds of a duration such as `250us`, `40ms`, `1.2s`, `5m`.
 * @throws UsageError naming `where` if the text is no duration.
 */
export function parseDurationMs(text: string, where: string): number {
  return parseQuantity(
    text,
    durationUnitsMs,
    `${where}: expected a duration such as 250us, 40ms, 2s or 5m`,
  );
}

/**
 * Bits per second of a rate such as `64kbps`, `50Mbps` or `1Gbps`.
 * @throws UsageError naming `where` if the text is no rate.
 */
export function parseRateBitsPerSecond(text: string, where: string): number {
  return parseQuantity(text, rateUnitsBits, `${where}: expected a rate such as 50Mbps`);
}

/**
 * Times per second of `20`, `20/s` or `30/m`.
 * @throws UsageError naming `where` if the text is none.
 */
export function parsePerSecond(text: string, where: string): number {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/(s|m))?$/.exec(text.trim()) ?? [];
  if (digits === undefined) {
    throw new UsageError(
      `${where}: expected a rate such as 20, 0.5/s or 30/m, got ${JSON.stringify(text)}`,
    );
  }
  return Number(digits) / (unit === 'm' ? 60 : 1);
}

/**
 * Bytes of a size such as `64KB` (powers of 1000) or `10MiB` (of 1024); a fraction of a byte is dropped.
 * @throws UsageError naming `where` if the text is no size.
 */
export function parseSizeBytes(text: string, where: string): number {
  const bytes = parseQuantity(text, sizeUnitsBytes, `${where}: expected a size such as 10MiB`);
  return Math.floor(bytes);
}

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  if (digits === undefined || factor === undefined) {
    throw new UsageError(`${expected}, got ${JSON.stringify(text)}`);
  }
  return Number(digits) * factor;
}

/** Microseconds as the milliseconds people read: three significant digits, never more than µs. `–` stands for no value. */
export function formatMs(us: number | null | undefined): string {
  if (us === null || us === undefined) return '–';
  const ms = us / 1000;
  const decimals = Math.abs(ms) >= 100 ? 0 : Math.abs(ms) >= 10 ? 1 : Math.abs(ms) >= 1 ? 2 : 3;
  return `${ms.toFixed(decimals)} ms`;
}

/** Bytes as people read them, in powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${String(Math.round(bytes))} B`;
  if (bytes < 1000 ** 2) return `${(bytes / 1000).toFixed(1)} KB`;
  return `${(bytes / 1000 ** 2).toFixed(2)} MB`;
}

/** A change in percent with its sign and one decimal, without the unit: `+0.4`, `-12.1`, `0.0`. */
export function signedPercent(percent: number): string {
  const text = percent.toFixed(1);
  if (text === '-0.0' || text === '0.0') return '0.0';
  return percent > 0 ? `+${text}` : text;
}
