import {
  type EstimateOptions,
  estimate,
  estimateRequirements,
  specifyEstimate,
} from '../../app/estimate.ts';
import { estimateMap, mapPointOf } from '../../app/map/estimate-map.ts';
import { pointMaker } from '../../app/map/points.ts';
import { UsageError } from '../../errors.ts';
import { axesOf } from '../../estimate/points.ts';
import { estimateReport, mapCsv, mapReport } from '../../report/estimates.ts';
import { type AxisFlags, mapOf } from '../flags/axis-flags.ts';
import { terminalOptions } from '../terminal/look.ts';
import { printText } from '../terminal/printer.ts';

/** The flags of `estimate` as commander hands them over. */
export interface EstimateFlags extends AxisFlags {
  target?: number;
  sessions?: number;
  format: 'table' | 'json' | 'csv';
}

/** The action of `estimate`: prints how long scenarios would take over every transport; sends nothing. */
export async function estimateAction(
  scenarios: readonly string[],
  flags: EstimateFlags,
): Promise<void> {
  const { options: plain, fixed, axes } = mapOf(flags);
  const { sessions } = flags;
  const options = { ...plain, ...(sessions !== undefined && { sessions }) };
  const isMap = axesOf(axes).length > 0;
  checkTogether(flags, isMap, scenarios.length);
  const places: EstimateOptions[] = [];
  for (const scenario of scenarios.length === 0 ? [undefined] : scenarios) {
    const optionsAt = await pointMaker(scenario === undefined ? options : { ...options, scenario });
    places.push(await optionsAt(fixed));
  }
  const [first = options] = places;
  printText(
    isMap
      ? await mapText(scenarios[0] ?? 'coding-agent', first, axes, flags.format)
      : await estimatesText(places, first, flags),
  );
}

/** A combination of flags of which one would be ignored is a mistake that nobody would notice. */
function checkTogether({ target, format }: EstimateFlags, isMap: boolean, scenarios: number): void {
  if (isMap && scenarios > 1) {
    throw new UsageError(
      `a map is of one scenario, got ${String(scenarios)}: leave out some, or the axis`,
    );
  }
  if (isMap && target !== undefined) {
    throw new UsageError('--target: solves for one value at a time; leave out ranges and lists');
  }
  if (scenarios > 1 && target !== undefined) {
    throw new UsageError(`--target: solves for one scenario, got ${String(scenarios)}`);
  }
  if (!isMap && format === 'csv') {
    throw new UsageError(
      '--format csv: of a map; give an axis several values, such as --rtt 1ms..300ms',
    );
  }
}

async function mapText(
  scenario: string,
  options: EstimateOptions,
  axes: Parameters<typeof estimateMap>[1],
  format: EstimateFlags['format'],
): Promise<string> {
  const estimated = await estimateMap(options, axes);
  const points = estimated.map(mapPointOf);
  switch (format) {
    case 'json':
      return json({ axes, points: estimated.map(({ point, estimate }) => ({ point, estimate })) });
    case 'csv':
      return mapCsv(axes, points);
    case 'table': {
      const { conditions } = await specifyEstimate(options);
      return mapReport({ scenario, conditions, axes, points }, terminalOptions());
    }
  }
}

async function estimatesText(
  places: readonly EstimateOptions[],
  first: EstimateOptions,
  { target, format }: EstimateFlags,
): Promise<string> {
  const [one, ...more] = await Promise.all(places.map(estimate));
  if (one === undefined) return '';
  const required = target === undefined ? [] : await estimateRequirements(first, target);
  if (format === 'json') {
    const document = target === undefined ? one : { ...one, target, requirements: required };
    return json(more.length === 0 ? document : [one, ...more]);
  }
  const asked = target === undefined ? undefined : { target, required };
  return estimateReport([one, ...more], asked, terminalOptions());
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
