import { z } from 'zod';
import { strictMap } from '../../userfile/strict-map.ts';
import { cacheKinds } from './stages.ts';

const ms = z.number().min(0).max(600_000);

const source = z
  .string()
  .min(1)
  .describe('who published the number and when, or "assumed: " and why');

const terms = {
  fixedMs: ms.exactOptional().describe('each time that the stage runs'),
  perItemMs: ms.exactOptional().describe('for each item that it works on'),
  perThousandTokensMs: ms.exactOptional().describe('for 1,000 tokens that it works on, pro rata'),
  jitterMs: ms.exactOptional().describe('up to so much more, drawn evenly from the seed'),
};

/** What a stage costs; a term that isn't given is 0. */
const stage = strictMap('{ fixedMs: 1, source: … }', { ...terms, source });

const switches = Object.fromEntries(
  cacheKinds.map((kind) => [kind, z.boolean().exactOptional()]),
) as Record<(typeof cacheKinds)[number], z.ZodExactOptional<z.ZodBoolean>>;

const held = strictMap('{ tokens: false }', {
  ...switches,
  source: source.exactOptional(),
});

/** The pace at which the mock answers; every number names where it comes from. A stage that isn't given costs nothing. */
export const profileSchema = strictMap('{ name: …, description: …, decode: … }', {
  name: z.string().min(1),
  description: z.string(),
  admit: stage
    .exactOptional()
    .describe('check key, limits and the request: all that the request carries'),
  route: stage
    .exactOptional()
    .describe('resolve the model and choose a server; spared by `routing`'),
  hydrate: stage
    .exactOptional()
    .describe(
      'read the history from the store; spared by `conversation`, or where the client sends it',
    ),
  safety: stage
    .exactOptional()
    .describe('classify the input; of what was classified, spared by `safety`'),
  tokenise: stage
    .exactOptional()
    .describe('render instructions, tools and input to tokens; spared by `tokens` and `tools`'),
  embed: stage.exactOptional().describe('embed the input; spared by `embeddings`'),
  queue: strictMap('{ decodeSlots: 8, source: … }', {
    ...terms,
    decodeSlots: z
      .int()
      .positive()
      .max(1_000_000)
      .nullable()
      .exactOptional()
      .describe('responses that the model works on at a time, others wait; null: no limit'),
    source,
  })
    .exactOptional()
    .describe('until the model has room'),
  prefill: strictMap('{ perThousandTokensMs: 50, source: … }', {
    ...terms,
    perMillionPairsMs: ms
      .exactOptional()
      .describe(
        'for a million pairs of a token that is read and one that stands before it: what attention costs, so that long prompts take more than pro rata',
      ),
    source,
  })
    .exactOptional()
    .describe(
      'read the prompt; spared by `prefix`, and by the prompt cache whatever the transport',
    ),
  decode: strictMap('{ tokensPerSecond: 65, source: … }', {
    tokensPerSecond: z.number().positive().nullable().describe('null: all tokens at once'),
    jitterMs: ms
      .exactOptional()
      .describe('every token comes up to so much later than its pace says'),
    source,
  }).describe('pace of the tokens after the first; one token is 4 bytes and one delta event'),
  post: stage
    .exactOptional()
    .describe('after the last token, on what the response said: over HTTP the body ends after it'),
  promptCache: strictMap('{ share: 0.9, source: … }', {
    share: z
      .number()
      .min(0)
      .max(1)
      .describe('of the tokens that the model has read or said before, so much is still there'),
    afterTools: z
      .number()
      .min(0)
      .max(1)
      .exactOptional()
      .describe(
        'the same where the prompt ends with what tools returned, moments after the model spoke; default: share',
      ),
    astray: z
      .number()
      .min(0)
      .max(1)
      .exactOptional()
      .describe(
        'share of new connections that reach a machine without the prefix: their first request finds nothing',
      ),
    source,
  })
    .exactOptional()
    .describe("the model server's own cache, reported as cached_tokens; default: nothing"),
  cache: strictMap('{ tokens: false }', {
    ...switches,
    stateBytesPerToken: z
      .number()
      .min(0)
      .max(100_000_000)
      .exactOptional()
      .describe(
        'with `prefix`: size of the model’s state for a token (its keys and values), which counts towards what a connection may hold',
      ),
    source: source.exactOptional(),
  })
    .exactOptional()
    .describe('what a WebSocket connection holds of its responses; all kinds unless switched off'),
  storedCache: held
    .exactOptional()
    .describe('what is held of a stored response, for any connection; nothing unless switched on'),
});

export type Profile = z.infer<typeof profileSchema>;

/** Bytes of the model's state that a connection holds for each token; 0 where it holds none, or the profile doesn't say. */
export function stateBytesPerTokenOf({ cache = {} }: Profile): number {
  return cache.prefix === false ? 0 : (cache.stateBytesPerToken ?? 0);
}

/** Costs of one stage. */
export type StageCost = z.infer<typeof stage>;

/** The JSON Schema of a profile file. */
export function profileJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(profileSchema, { io: 'input' });
  return {
    $schema,
    $id: 'urn:agent-latency-bench:profile:v1',
    title: 'Latency profile of agent-latency-bench',
    ...rest,
  };
}
