import { z } from 'zod';

/**
 * The parts of a workflow's time, in the order of a step's life. Where the server declares its stages they stand for
 * themselves, and `undeclared` is what they leave of the time between request and answer; else there are `waiting` and
 * `streaming`. `outage` is what was lost to attempts that failed, each from its start until the next one's. Work after the answer (`post`) shows only in what had to wait for it: `queued`.
 */
export const timeParts = [
  'toolTime',
  'dns',
  'tcpConnect',
  'proxy',
  'tlsHandshake',
  'wsUpgrade',
  'requestWrite',
  'upload',
  'roundTrip',
  'queued',
  'admit',
  'route',
  'hydrate',
  'safety',
  'tokenise',
  'embed',
  'queue',
  'prefill',
  'decode',
  'download',
  'undeclared',
  'waiting',
  'streaming',
  'outage',
  'clientOverhead',
  'residual',
] as const;

/** What one arm of a ladder has over the one before. */
const ladderGains = [
  'connectionReuse',
  'framing',
  'incrementalInput',
  'http2',
  'serverStore',
  'warmUp',
] as const;

const us = z.int();

const intervalUs = z
  .strictObject({ level: z.number(), lower: z.number(), upper: z.number() })
  .nullable()
  .describe('of changeUs, by Student’s t over the rounds; null below 6 rounds');

const rungSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  gains: z.array(z.enum(ladderGains)).describe('what the second has over the first'),
  changeUs: us.describe('mean of the one minus mean of the other; negative: faster'),
  interval: intervalUs,
});

const stepBound = z.int().positive().nullable().describe('counted from 1; null: within no step');

const breakEvenSchema = z.strictObject({
  base: z.string(),
  candidate: z.string(),
  rounds: z.int().positive(),
  steps: z.int().positive(),
  firstStepUs: us.describe('median over the rounds: candidate minus base after the first step'),
  lastStepUs: us.describe('the same after the last step, tool times left out'),
  fromStep: stepBound.describe(
    'from which on the candidate is ahead and stays so, from 1; null: never',
  ),
  interval: z
    .strictObject({ level: z.number(), lower: stepBound, upper: stepBound })
    .nullable()
    .describe('of fromStep, from the intervals of the median after each step; null below 6 rounds'),
});

/** An attribution of the time: means over the rounds that every arm completed, in integer µs that add up exactly. */
export const attributionSchema = z.strictObject({
  rounds: z.int().positive(),
  serverStages: z
    .enum(['declared', 'undeclared', 'contradicted'])
    .describe('contradicted: the server declares more time than passed, so nothing is split by it'),
  arms: z.record(
    z.string(),
    z.strictObject({
      e2eUs: us.describe('sum of the parts'),
      parts: z.partialRecord(z.enum(timeParts), us).describe('those that are not 0'),
    }),
  ),
  ladder: z.array(rungSchema).describe('one after another: their changes add up to the whole'),
  branches: z.array(rungSchema).describe('beside the ladder'),
  breakEven: z.array(breakEvenSchema),
});

export type Attribution = z.infer<typeof attributionSchema>;
export type TimePart = (typeof timeParts)[number];
export type LadderGain = (typeof ladderGains)[number];
export type Rung = z.infer<typeof rungSchema>;
export type BreakEven = z.infer<typeof breakEvenSchema>;
