import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../errors.ts';
import type { Attribution } from '../result/attribution.ts';
import type { Comparison, Result } from '../result/schema.ts';
import { attribute } from './attribution/attribute.ts';
import { compareTransports } from './change/transports.ts';
import { loadFigures } from './load/figures.ts';
import { compareControl } from './rounds/control.ts';

/**
 * Checks that the comparisons in a result and its attribution follow from its rounds. Intervals are left out: another
 * version may have got them in another way.
 * @throws UsageError naming `source`: the file was edited.
 */
export function verifyComparisons(result: Result, source: string): void {
  const { run, rounds, comparisons, control } = result;
  const { transports } = run.options;
  const ofControl = compareControl(transports, rounds) ?? [];
  const expected = compareTransports(transports, rounds).concat(ofControl);
  for (const stated of comparisons.concat(control ?? [])) {
    const ours = expected.find((comparison) => isSame(comparison, stated));
    if (ours === undefined || !agrees(stated, ours)) {
      const { candidate, base, metric } = stated;
      throw new UsageError(
        `${source}: edited or damaged: its rounds do not give the ${metric} comparison of ${candidate} with ${base} that it states`,
      );
    }
  }
  const { load } = run.options;
  if (load?.by === 'rate' && result.load !== undefined) {
    const ours = JSON.stringify(loadFigures(transports, load, rounds));
    if (!isDeepStrictEqual(result.load, JSON.parse(ours))) {
      throw new UsageError(
        `${source}: edited or damaged: its rounds do not give the figures under load that it states`,
      );
    }
  }
  const { attribution } = result;
  if (attribution === null) return;
  const ours = attribute(run.options.transports, rounds, run.endpoint.link?.rttMs ?? null);
  if (!isDeepStrictEqual(withoutIntervals(attribution), withoutIntervals(ours))) {
    throw new UsageError(
      `${source}: edited or damaged: its rounds do not give the attribution that it states`,
    );
  }
}

function withoutIntervals(attribution: Attribution | null): unknown {
  return JSON.parse(
    JSON.stringify(attribution, (key, value: unknown) => (key === 'interval' ? null : value)),
  );
}

function isSame(a: Comparison, b: Comparison): boolean {
  return a.base === b.base && a.candidate === b.candidate && a.metric === b.metric;
}

function agrees(stated: Comparison, ours: Comparison): boolean {
  if (stated.pairs !== ours.pairs) return false;
  if (stated.medianRatio === null || ours.medianRatio === null) {
    return stated.medianRatio === ours.medianRatio;
  }
  return Math.abs(stated.medianRatio / ours.medianRatio - 1) < 1e-9;
}
