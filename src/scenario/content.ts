import { z } from 'zod';
import { exactlyOneOf, strictMap } from '../userfile/strict-map.ts';

/** Largest text that one place of a scenario may ask for, in bytes. */
export const MAX_CONTENT_BYTES = 10 * 1024 ** 2;

const amount = z
  .union(
    [
      z.int().min(1).max(MAX_CONTENT_BYTES),
      strictMap('{ mean: 900, sd: 300 }', {
        mean: z.number().min(1).max(MAX_CONTENT_BYTES).describe('mean of a normal distribution'),
        sd: z.number().min(0).max(MAX_CONTENT_BYTES).describe('its standard deviation'),
      }),
    ],
    { error: 'expected a whole number or a map such as { mean: 900, sd: 300 }' },
  )
  .describe('a fixed amount, or one drawn from the seed (never below 1)')
  .meta({ id: 'amount' });

/** Keys that ask for seeded text of a size. */
export const sizeShape = {
  tokens: amount.optional().describe('size in tokens of 4 bytes'),
  bytes: amount.optional().describe('size in bytes'),
};

const newlines = z
  .int()
  .min(0)
  .max(MAX_CONTENT_BYTES)
  .optional()
  .describe('with a size: so many of its bytes are line ends, which travel as two bytes in JSON');

/** A size on its own. */
export const sizeSchema = exactlyOneOf(
  ['tokens', 'bytes'],
  strictMap('{ bytes: 900 }', sizeShape),
).meta({ id: 'size' });

const example = '{ tokens: 300 } or { text: … }';
const contentKeys = ['tokens', 'bytes', 'text', 'file'];
const contentShape = {
  ...sizeShape,
  text: z.string().min(1).optional().describe('this very text'),
  file: z.string().min(1).optional().describe('a text file, relative to the scenario file'),
  newlines,
};

/** The schema of something said. */
export const contentSchema = exactlyOneOf(contentKeys, strictMap(example, contentShape))
  .describe('seeded text of a size, a given text, or a file')
  .meta({ id: 'content' });

/** The schema of a tool's output: unlike other content it may be empty. */
export const outputSchema = exactlyOneOf(
  contentKeys,
  strictMap(example, {
    ...contentShape,
    text: z.string().optional().describe('this very text; may be empty'),
  }),
)
  .describe('what the tool returned: seeded text of a size, a given text, or a file')
  .meta({ id: 'output' });

/** Standing orders, and where in the request they stand. */
export const instructionsSchema = exactlyOneOf(
  contentKeys,
  strictMap('{ tokens: 1200 }', {
    ...contentShape,
    in: z
      .enum(['input', 'request'])
      .default('input')
      .describe(
        'a developer message of the first turn, or the `instructions` field of every request',
      ),
  }),
);

/** A size in tokens or in bytes. */
export type Size = z.infer<typeof sizeSchema>;
/** A size, a given text, or the name of a file. */
export type Content = z.infer<typeof contentSchema>;
