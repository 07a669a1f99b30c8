/*
 * `npm run bench`: runs every benchmark in this folder, one after another, and prints their tables. Arguments pick
 * benchmarks by a part of their file's name. The exit code is 1 if a promised ratio is missed.
 */

import { readdir } from 'node:fs/promises';
import Table from 'cli-table3';
import type { Benchmark, Comparison } from './benchmark.ts';

const wanted = process.argv.slice(2);
const files = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) throw new Error(`no benchmark is named like ${wanted.join(' or ')}`);

let missed = 0;
for (const file of files) {
  const { benchmark } = (await import(`./${file}`)) as { benchmark: Benchmark };
  console.log(`\n${benchmark.title}\n${benchmark.note}`);
  const comparisons = await benchmark.run();
  console.log(tableOf(comparisons));
  const furthest = furthestOff(comparisons);
  if (furthest) console.log(`furthest off: ${furthest.what}, ${ratioOf(furthest).toFixed(3)}`);
  missed += comparisons.filter(misses).length;
}
if (missed > 0) {
  console.log(`\nMISSED: ${missed} of the promised ratios; see the last column.`);
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
