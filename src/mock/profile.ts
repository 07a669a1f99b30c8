import { z } from 'zod';

const source = z
  .string()
  .min(1)
  .describe('who published the number and when, or "assumed: " and why');

/** How fast the mock answers; every number names where it comes from. */
export const profileSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  firstToken: z
    .strictObject({ ms: z.number().nonnegative(), source })
    .describe('from the whole request to the first output token'),
  decode: z
    .strictObject({
      tokensPerSecond: z.number().positive().nullable().describe('null: all tokens at once'),
      source,
    })
    .describe('pace of the tokens after the first; one token is 4 bytes and one delta event'),
});

export type Profile = z.infer<typeof profileSchema>;

/** The profiles that come with the program, by name. */
export const profiles: Readonly<Record<'instant' | 'fast', Profile>> = {
  instant: {
    name: 'instant',
    description: 'no delay at all: what remains is the cost of client, protocol and network',
    firstToken: { ms: 0, source: 'assumed: zero by definition of this profile' },
    decode: { tokensPerSecond: null, source: 'assumed: no pacing, by definition of this profile' },
  },
  fast: {
    name: 'fast',
    description: 'a model so fast that everything around it shows',
    firstToken: {
      ms: 0,
      source: 'assumed: no server work per request or per context token is modelled yet',
    },
    decode: {
      tokensPerSecond: 1000,
      source: 'OpenAI engineering post of 2026-04-22: target above 1,000 tokens/s',
    },
  },
};
