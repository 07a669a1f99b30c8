import { z } from 'zod';
import { parseThreshold } from '../../compare/gate/thresholds.ts';
import { UsageError } from '../../errors.ts';
import { parseDurationMs, parsePerSecond, parseRateBitsPerSecond } from '../../units.ts';
import type { Grammar } from '../options/settings/setting.ts';
import { parseStages } from '../options/settings/stages.ts';

const headerMap = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const text = z.string().min(1);
const flag = z.boolean();
const duration = inGrammar('a duration such as 40ms', parseDurationMs);

/** A name, or several in a list. */
export const list = z.union([text, z.array(text).min(1)], {
  error: 'expected a name or a list of names',
});

/** The form that a setting of each grammar has in a file; texts are parsed again where flags are. */
export const grammars = {
  switch: flag,
  off: flag,
  text,
  list,
  texts: list,
  // Its own complaint: what a header holds may be a secret, and is not repeated.
  headers: z
    .unknown()
    .superRefine((value, context) => {
      if (headerMap.safeParse(value).success) return;
      context.addIssue({ code: 'custom', message: 'expected a map of header names and values' });
    })
    .meta({ type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } })
    .transform((value) => headerMap.parse(value)),
  count: z.int().min(1),
  whole: z.int().min(0),
  duration,
  durationOrNone: z.union([z.literal('none'), duration], {
    error: 'expected a duration such as 40ms, or none',
  }),
  rate: inGrammar('a rate such as 50Mbps', parseRateBitsPerSecond),
  frequency: z.union([z.number().positive(), inGrammar('a rate such as 20/s', parsePerSecond)], {
    error: 'expected a rate such as 20/s',
  }),
  stages: inGrammar('stages such as 30s:100,2m:100', parseStages),
  percent: z
    .string({ error: 'expected a percentage such as 5%' })
    .regex(/^\d+(\.\d+)?%$/, { error: 'expected a percentage such as 5%' }),
  toolTime: z.union([
    z.number().min(0),
    z.string().regex(/^(recorded|none)$/, { error: 'expected recorded, none, or a factor' }),
  ]),
  countOrAuto: z.union([z.literal('auto'), z.int().min(1)], {
    error: 'expected a whole number from 1 on, or auto',
  }),
  choice: text,
} satisfies Record<Grammar, z.ZodType>;

const limit = inGrammar("a threshold such as 'ws.workflow_e2e: p(95)<4s'", parseThreshold);

/** A threshold as text, or with its level and whether it stops a run beside it. */
export const threshold = z.union([
  limit,
  z.strictObject(
    {
      threshold: limit,
      level: z.enum(['warn', 'error']).optional().describe('only an error fails a build'),
      abortOnFail: flag.optional().describe('stops the run that crosses it'),
    },
    { error: 'expected a threshold, or a map with threshold, level and abortOnFail' },
  ),
]);

/** Text that a parser of flags takes; its complaint becomes ours. */
function inGrammar(expected: string, parse: (text: string, where: string) => unknown) {
  const where = 'value';
  return z.string({ error: `expected ${expected}` }).superRefine((value, context) => {
    try {
      parse(value, where);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      context.addIssue({ code: 'custom', message: error.message.slice(`${where}: `.length) });
    }
  });
}
