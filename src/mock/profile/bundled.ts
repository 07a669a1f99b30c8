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
      'assumed: half of the 2 ms that a gateway adds at the median (docs.litellm.ai/docs/benchmarks, 4 instances), for key and limits; JSON parsed and checked at 80 MB/s',
  },
  route: {
    fixedMs: 1,
    source: 'assumed: the other half of these 2 ms, for choosing a server and getting there',
  },
  hydrate: {
    fixedMs: 2,
    perItemMs: 0.02,
    source:
      'assumed: one read from a store in the same data centre, and decoding; paid only where the server keeps the history',
  },
  safety: {
    fixedMs: 26,
    perThousandTokensMs: 1,
    source: `assumed: 1,000,000 tokens/s, in large batches. 26 ms: GLiGuard (arXiv 2605.07982), a guard of 300M parameters on an A100, the quickest that is published. That there is one, and that it reads all input again over HTTP: ${openAi2026}`,
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
  afterTools: 0.98,
  source:
    'after tools: TraceLab (arXiv 2606.30560), 97.2 to 97.9 % of the prompts that a tool result ends, new input (870 of 120,000 tokens) included; else: Cloudflare (blog.cloudflare.com/ai-code-review), 85.7 % over 131,246 runs; here the same on every transport',
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
    queue: {
      fixedMs: 1200,
      source:
        'derived: TraceLab (arXiv 2606.30560), Codex’s first token after 1.5 s at 12,000 tokens of context (median), less what the stages here take and about 0.25 s of path; a queue, batching, thoughts that aren’t shown',
    },
    prefill: {
      perThousandTokensMs: 44.4,
      perMillionPairsMs: 0.271,
      source:
        'derived: NVIDIA’s figures of Llama 3.1 405B, 32,768 tokens in 1.6 s and 122,880 in 7.5 s, by a part pro rata and one of attention',
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
