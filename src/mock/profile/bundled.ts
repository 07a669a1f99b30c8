import type { Profile } from './schema.ts';

/*
 * Every number names who published it, or that it is assumed and why. They were set before anyone looked at what
 * they make of a comparison, and on the low side: a real deployment may well do more work for each request.
 */

const openAi2026 = 'OpenAI engineering post of 2026-04-22';

/** What a fast API service does around the model; the same for every model behind it. */
const service = {
  admit: {
    fixedMs: 1,
    perThousandTokensMs: 0.05,
    source:
      'assumed: two lookups in the same data centre (key, limits) of 0.5 ms each; JSON parsed and checked at 80 MB/s',
  },
  route: {
    fixedMs: 1,
    source: 'assumed: one lookup and one hop in the same data centre',
  },
  hydrate: {
    fixedMs: 2,
    perItemMs: 0.02,
    source:
      'assumed: one read from a store in the same data centre, and decoding; paid only where the server keeps the history',
  },
  safety: {
    fixedMs: 2,
    perThousandTokensMs: 1,
    source: `assumed: a small classifier in large batches, 1,000,000 tokens/s; that there is one, and that it reads all input again over HTTP: ${openAi2026}`,
  },
  tokenise: {
    perThousandTokensMs: 0.65,
    source: `assumed: 6 MB/s, a fast byte-pair encoder on one thread; that all input is rendered again over HTTP: ${openAi2026}`,
  },
  post: {
    fixedMs: 5,
    source: `assumed: one durable write (usage, billing); that it overlaps the next request over WebSocket only: ${openAi2026}`,
  },
  cache: {
    prefix: false,
    embeddings: false,
    source:
      'OpenAI engineering post of 2026-04-22 names no model state and no embeddings among what a connection holds',
  },
} satisfies Partial<Profile>;

const promptCache = {
  share: 0.86,
  source:
    'pi-cliproxyapi-provider issue 33: 86 % hits while chains held, 67 % where errors forced full resends; here the same on every transport',
};

/** The profiles that come with the program, by name. */
export const profiles: Readonly<
  Record<'instant' | 'fast' | 'flagship' | 'gateway-redis', Profile>
> = {
  instant: {
    name: 'instant',
    description: 'no delay at all: what remains is the cost of client, protocol and network',
    decode: { tokensPerSecond: null, source: 'assumed: no pacing, by definition of this profile' },
  },
  fast: {
    name: 'fast',
    description: 'a model so fast that everything around it shows',
    ...service,
    prefill: {
      perThousandTokensMs: 10,
      source: 'assumed: 100,000 tokens/s, a hundred times the pace of decoding',
    },
    decode: {
      tokensPerSecond: 1000,
      source: `${openAi2026}: target above 1,000 tokens/s`,
    },
    promptCache,
  },
  flagship: {
    name: 'flagship',
    description: 'a large model at its usual pace, behind the same service as fast',
    ...service,
    prefill: {
      perThousandTokensMs: 50,
      source: 'assumed: 20,000 tokens/s, a large model on several GPUs',
    },
    decode: {
      tokensPerSecond: 65,
      source: `${openAi2026}: about 65 tokens/s for GPT-5 and 5.2`,
    },
    promptCache,
  },
  'gateway-redis': {
    name: 'gateway-redis',
    description:
      'a gateway before an own model, which reads the history of a chain from Redis with every request over HTTP',
    hydrate: {
      fixedMs: 8,
      perItemMs: 0.24,
      source:
        'derived from smg-project/smg pull request 1770: first token over WebSocket 25.3 ms, over HTTP 35.1 ms in chains of 8 turns, 41 % apart in chains of 40; two items a turn, read at half of the chain',
    },
    prefill: {
      fixedMs: 25,
      source: 'smg-project/smg pull request 1770: first token over WebSocket, one session, A100',
    },
    decode: {
      tokensPerSecond: 59,
      source: 'smg-project/smg pull request 1770: about 470 tokens/s over 8 sessions',
    },
    cache: {
      embeddings: false,
      source: 'smg-project/smg pull request 1770: the connection holds the history',
    },
  },
};
