import { z } from 'zod';

const count = z.int().nonnegative();
const figure = z.number().nonnegative().nullable();
const durationMs = z
  .number()
  .nonnegative()
  .nullable()
  .describe('0: a jump; null: until all have begun');

/** How much went on at once, and for how long: an option of a run. */
export const loadSchema = z
  .discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('rate'),
      arrival: z.enum(['constant', 'poisson']),
      stages: z
        .array(z.strictObject({ durationMs, perSecond: z.number().nonnegative() }))
        .min(1)
        .describe('workflows begun per second'),
      windowMs: z.number().positive().describe('transports took turns of this length'),
      goodWithin: z
        .array(z.string())
        .optional()
        .describe('the thresholds that each workflow was held against; absent: none'),
      ramp: z.literal(true).optional().describe('each window had a rate of its own, to find knees'),
    }),
    z.strictObject({
      by: z.literal('sessions'),
      stages: z
        .array(z.strictObject({ durationMs, sessions: z.number().nonnegative() }))
        .min(1)
        .describe('rounds in flight'),
    }),
  ])
  .describe(
    'stages go in a straight line from the target before, first from 0; absent: `concurrency` all the time',
  );

const underLoadSchema = z.strictObject({
  arrivals: count,
  completed: count,
  good: count.nullable().describe('completed within every threshold; null where none was given'),
  offeredPerSecond: figure.describe('arrivals, between the first and the last of a window'),
  completedPerSecond: figure.describe('completions, between the first and the last of a window'),
  goodPerSecond: figure.describe('goodput: the good part of the completions'),
  latencyP50Us: figure.describe('from when a workflow was due'),
  latencyP99Us: figure,
  serviceP50Us: figure.describe('from its first request'),
  serviceP99Us: figure,
  growth: z
    .number()
    .nullable()
    .describe('seconds that a workflow took longer for each second that it was due later'),
  heldBack: count.describe('begun late, because as many were open as may be'),
  mostOpen: count.describe('sessions open at once'),
});

const kneeSchema = z.strictObject({
  perSecond: figure.describe('the highest rate that was kept up; null: none was'),
  notPerSecond: figure.describe('the lowest one above it that was not; null: none was tried'),
  mostPerSecond: figure.describe('completed at most, at any rate'),
});

/** What came of a load that was a rate. */
export const loadFiguresSchema = z.strictObject({
  levels: z.array(
    z.strictObject({
      perSecond: z.number().positive().nullable().describe('asked for; null where it changed'),
      transports: z.record(z.string(), underLoadSchema),
    }),
  ),
  knees: z.record(z.string(), kneeSchema).optional().describe('of each transport; with `--ramp`'),
});

export type LoadRecord = z.infer<typeof loadSchema>;
export type RateRecord = Extract<LoadRecord, { by: 'rate' }>;
export type UnderLoad = z.infer<typeof underLoadSchema>;
export type Knee = z.infer<typeof kneeSchema>;
export type LoadFigures = z.infer<typeof loadFiguresSchema>;
export type LoadLevel = LoadFigures['levels'][number];
