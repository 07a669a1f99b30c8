/*
 * `npm run bench`: runs every benchmark in this folder, one after another, and prints their tables. Arguments pick
 * benchmarks by a part of their file's name. The exit code is 1 if a promise is missed.
 */

import { readdir } from 'node:fs/promises';
import Table from 'cli-table3';
import type { Benchmark, Comparison, Finding } from './benchmark.ts';

const wanted = process.argv.slice(2);
const files = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) throw new Error(`no benchmark is named like ${wanted.join(' or ')}`);

let missed = 0;
for (const file of files) {
  const { benchmark } = (await import(`./${file}`)) as { benchmark: Benchmark };
  if (benchmark.byNameOnly && wanted.length === 0) continue;
  console.log(`\n${benchmark.title}\n${benchmark.note}`);
  const found = await benchmark.run();
  const comparisons = found.filter((each) => 'ours' in each);
  const findings = found.filter((each) => 'columns' in each);
  if (comparisons.length > 0) console.log(tableOf(comparisons));
  if (findings.length > 0) console.log(tableOfFindings(findings));
  const furthest = furthestOff(comparisons);
  if (furthest) console.log(`furthest off: ${furthest.what}, ${ratioOf(furthest).toFixed(3)}`);
  missed += comparisons.filter(misses).length;
  missed += findings.filter(({ promise }) => promise?.kept === false).length;
}
if (missed > 0) {
  console.log(`\nMISSED: ${missed} of the promises; see the last column.`);
  process.exitCode = 1;
}

function tableOf(comparisons: readonly Comparison[]): string {
  const table = new Table({
    head: ['', 'ours p50', 'bare p50', 'ratio', 'samples', 'promised'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
  });
  for (const comparison of comparisons) {
    const { what, ours, bare, unit = 'ms', samples } = comparison;
    table.push([
      what,
      `${ours.toFixed(3)} ${unit}`,
      `${bare.toFixed(3)} ${unit}`,
      ratioOf(comparison).toFixed(2),
      String(samples),
      promiseOf(comparison),
    ]);
  }
  return table.toString();
}

function tableOfFindings(findings: readonly Finding[]): string {
  const names = Object.keys(findings[0]?.columns ?? {});
  const table = new Table({
    head: [...names, 'promised'],
    style: { head: [], border: [] },
    colAligns: ['left', ...names.slice(1).map(() => 'right' as const), 'left'],
  });
  for (const { columns, promise } of findings) {
    const kept = promise && `${promise.text}: ${promise.kept ? 'kept' : 'MISSED'}`;
    table.push([...names.map((name) => columns[name] ?? ''), kept ?? '']);
  }
  return table.toString();
}

function promiseOf(comparison: Comparison): string {
  if (comparison.bound === undefined) return '';
  const { bound, floor } = comparison;
  const range = floor === undefined ? `at most ${bound}` : `${floor} to ${bound}`;
  return `${range}: ${misses(comparison) ? 'MISSED' : 'kept'}`;
}

function misses(comparison: Comparison): boolean {
  const { bound, floor = 0 } = comparison;
  const ratio = ratioOf(comparison);
  // Negated, so that a ratio of NaN is a miss too.
  return bound !== undefined && !(ratio >= floor && ratio <= bound);
}

/** Where two sides are promised, the ratio that is furthest from 1. */
function furthestOff(comparisons: readonly Comparison[]): Comparison | undefined {
  const off = (comparison: Comparison): number => Math.abs(ratioOf(comparison) - 1);
  return comparisons
    .filter(({ floor }) => floor !== undefined)
    .toSorted((a, b) => off(b) - off(a))[0];
}

function ratioOf({ ours, bare }: Comparison): number {
  return ours / bare;
}
