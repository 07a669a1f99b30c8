import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { atEnd } from '../support/cleanup.ts';
import type { SoakReport } from './soak-child.ts';

vi.setConfig({ hookTimeout: 240_000 });

/** Of the heap, over the whole run: less than every workflow leaving 3 KB behind. */
const MAX_GROWTH_BYTES = 3_000_000;

describe('a thousand workflows where much goes wrong', () => {
  let report: SoakReport;
  let code: number | null;

  beforeAll(async () => {
    const child = spawn(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', path.join(import.meta.dirname, 'soak-child.ts')],
      { cwd: path.join(import.meta.dirname, '../..') },
    );
    atEnd(() => child.kill('SIGKILL'));
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`the child ended with ${String(code)}: ${stderr}`);
    report = JSON.parse(stdout) as SoakReport;
  });

  it('all end, one way or the other', () => {
    expect(report.attempted).toBe(1000);
    expect(report.completed + report.failed).toBe(report.attempted);
  });

  it('meets enough of everything to mean something', () => {
    expect(report.completed).toBeGreaterThan(0);
    expect(report.failed).toBeGreaterThan(0);
    // How many connections reach their age limit depends on how long steps take here.
    const certain = ['fall_back', 'give_up', 'reconnect', 'resend', 'retry'];
    expect(Object.keys(report.recoveries)).toEqual(expect.arrayContaining(certain));
  });

  it('leaves nothing unhandled', () => {
    expect(report.unhandled).toEqual([]);
  });

  it('leaves no socket and no timer behind, and the process ends by itself', () => {
    expect(report.leaked).toEqual([]);
    expect(code).toBe(0);
  });

  it('leaves the heap flat', () => {
    // The first samples hold what is compiled and cached once.
    const steady = report.heapBytes.slice(3);
    expect(slope(steady) * report.heapBytes.length).toBeLessThan(MAX_GROWTH_BYTES);
  });
});

/** By least squares, per sample. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let products = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    products += (index - middle) * (value - mean);
    squares += (index - middle) ** 2;
  }
  return products / squares;
}
