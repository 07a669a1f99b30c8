import { type Command, InvalidArgumentError } from 'commander';
import type { EstimateOptions } from '../../app/estimate.ts';
import type { Axes, Point } from '../../estimate/points.ts';
import { axis } from './axis.ts';
import { type ConditionFlags, estimateOptionsOf } from './estimate-flags.ts';
import { duration, list, wholeNumber } from './values.ts';

/** The flags of the axes of a map, each with its values in ascending order. */
export interface AxisFlags extends Omit<ConditionFlags, 'rtt' | 'profile'> {
  rtt?: number[];
  steps?: number[];
  context?: number[];
  modelSpeed?: number[];
  profile?: string[];
}

/** The least and the most of steps that a scenario is cut or lengthened to. */
const LEAST_STEPS = 2;
const MOST_STEPS = 500;

/** A command with the axes of a map added. */
export function addAxes(command: Command): Command {
  return command
    .optionsGroup('Axes; each takes one value, several with commas, or a range such as 1ms..300ms:')
    .option('--rtt <times>', 'round trip of the emulated link', axis(duration))
    .option(
      '--steps <counts>',
      'model calls: the scenario is cut, or its middle comes again',
      axis(wholeNumber(LEAST_STEPS, MOST_STEPS), true),
    )
    .option('--context <tokens>', 'of the first request, such as 20k', axis(tokens, true))
    .option(
      '--model-speed <rates>',
      'output tokens a second, such as 65,1000',
      axis(wholeNumber(1), true),
    )
    .option('--profile <names|files>', "the mock's latency (default: fast)", list);
}

/** Tokens, such as `800` or `20k`. */
function tokens(text: string): number {
  const [, digits, thousands] = /^(\d+(?:\.\d+)?)(k?)$/.exec(text) ?? [];
  const value = Number(digits) * (thousands === 'k' ? 1000 : 1);
  if (digits === undefined || !Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('Expected a number of tokens such as 800 or 20k.');
  }
  return value;
}

/** What the flags of a map ask for: the axes with several values, what is the same everywhere, and the options. */
export function mapOf(flags: AxisFlags): {
  options: Omit<EstimateOptions, 'scenario'>;
  fixed: Point;
  axes: Axes;
} {
  const { rtt, profile, steps, context, modelSpeed, ...conditions } = flags;
  const fixed = {
    ...only('steps', steps),
    ...only('contextTokens', context),
    ...only('tokensPerSecond', modelSpeed),
  };
  const axes: Axes = {
    ...several('profile', profile),
    ...several('tokensPerSecond', modelSpeed),
    ...several('contextTokens', context),
    ...several('steps', steps),
    ...several('rttMs', rtt),
  };
  const options = estimateOptionsOf({
    ...conditions,
    ...(rtt?.[0] !== undefined && { rtt: rtt[0] }),
    ...(profile?.[0] !== undefined && { profile: profile[0] }),
  });
  return { options, fixed, axes };
}

function only<Value>(name: string, [value, ...more]: readonly Value[] = []): Record<string, Value> {
  return value === undefined || more.length > 0 ? {} : { [name]: value };
}

function several<Value>(
  name: string,
  values: readonly Value[] = [],
): Record<string, readonly Value[]> {
  return values.length > 1 ? { [name]: values } : {};
}
