import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { randomAt } from '../../random.ts';
import type { ModelPace } from '../../scenario/script.ts';
import type { Profile } from '../profile/schema.ts';
import { earlyStages, type StageName } from '../profile/stages.ts';
import { createDecodeSlots } from './decode-slots.ts';
import type { Volume } from './volumes.ts';

/** The moments at which the parts of one response are due, in ms after its request was whole. */
export interface Timing {
  /** What each stage takes. */
  readonly stageMs: Readonly<Partial<Record<StageName, number>>>;
  /** The response begins: the stages before the queue are over. */
  readonly beginMs: number;
  /** An output token, from 0. */
  readonly tokenMs: (token: number) => number;
  /** Its terminal event: the model is done. */
  readonly terminalMs: number;
  /** The server is done with it. */
  readonly endMs: number;
}

/** The work that a response takes. */
export interface Work {
  /** What the stages up to `prefill` work on; one that isn't there has nothing to do. */
  readonly volumes: Readonly<Partial<Record<StageName, Volume>>>;
  readonly outputItems: number;
  readonly outputTokens: number;
  /** The model's own pace for this response, in place of the profile's: it stands for queue and prefill, and for decode. */
  readonly pace?: ModelPace;
}

/** Reckons how long requests take, by a profile. */
export interface LatencyEngine {
  time(work: Work): Timing;
}

/**
 * An engine with its own run of random numbers and its own decode slots.
 * @param nowMs the clock on which requests arrive
 */
export function createLatencyEngine(
  profile: Profile,
  seed = 1,
  nowMs: () => number = () => performance.now(),
): LatencyEngine {
  const free = isFree(profile);
  const random = randomAt(seed, 'latency');
  const draw = (jitterMs = 0): number =>
    jitterMs === 0 ? 0 : (jitterMs * uniformInt(random, 0, RESOLUTION)) / RESOLUTION;
  const slots = createDecodeSlots(profile.queue?.decodeSlots ?? null);

  function stageMs(stage: Exclude<StageName, 'decode'>, volume: Volume | undefined): number {
    const cost = profile[stage];
    if (cost === undefined || volume === undefined) return 0;
    const { fixedMs = 0, perItemMs = 0, perThousandTokensMs = 0, jitterMs } = cost;
    const workMs = perItemMs * volume.items + (perThousandTokensMs * volume.tokens) / 1000;
    const pairsMs = 'perMillionPairsMs' in cost ? (cost.perMillionPairsMs ?? 0) : 0;
    return fixedMs + workMs + (pairsMs * pairsOf(volume)) / 1e6 + draw(jitterMs);
  }

  /** When each token comes, in ms after the first. */
  function paceMs(tokens: number, ownRate?: number): (token: number) => number {
    const jitterMs = ownRate === undefined ? profile.decode.jitterMs : 0;
    const tokensPerSecond = ownRate ?? profile.decode.tokensPerSecond;
    const intervalMs = tokensPerSecond === null ? 0 : 1000 / tokensPerSecond;
    if (jitterMs === undefined || jitterMs === 0) return (token) => token * intervalMs;
    const atMs = [0];
    while (atMs.length < tokens) atMs.push((atMs.at(-1) ?? 0) + intervalMs + draw(jitterMs));
    return (token) => atMs[token] ?? 0;
  }

  return {
    time({ volumes, outputItems, outputTokens, pace }) {
      if (free && pace === undefined) return noTime;
      const ownFirstMs = pace?.firstTokenMs;
      const early = earlyStages.map((stage) => [stage, stageMs(stage, volumes[stage])] as const);
      const beginMs = early.reduce((sum, [, ms]) => sum + ms, 0);
      const queueMs = ownFirstMs === undefined ? stageMs('queue', volumes.prefill) : 0;
      const readyMs = beginMs + queueMs;
      const prefillMs = ownFirstMs ?? stageMs('prefill', volumes.prefill);
      const atMs = paceMs(outputTokens, pace?.tokensPerSecond);
      const decodeMs = atMs(Math.max(0, outputTokens - 1));
      const postMs = stageMs('post', { items: outputItems, tokens: outputTokens });

      const arrivedMs = nowMs();
      const slotFromMs = arrivedMs + readyMs;
      const waitMs = slots.take(slotFromMs, prefillMs + decodeMs) - slotFromMs;
      const firstTokenMs = readyMs + waitMs + prefillMs;
      const terminalMs = firstTokenMs + decodeMs;
      return {
        stageMs: {
          ...Object.fromEntries(early),
          queue: queueMs + waitMs,
          prefill: prefillMs,
          decode: decodeMs,
          post: postMs,
        },
        beginMs,
        tokenMs: (token) => firstTokenMs + atMs(token),
        terminalMs,
        endMs: terminalMs + postMs,
      };
    },
  };
}

/** Each token that is read with each that stands before it. */
function pairsOf({ tokens, before = 0 }: Volume): number {
  return tokens * (before + tokens / 2);
}

const RESOLUTION = 2 ** 30;

/** The timing of a server that takes no time. */
export const noTime: Timing = {
  stageMs: {},
  beginMs: 0,
  tokenMs: () => 0,
  terminalMs: 0,
  endMs: 0,
};

/** Whether no term of the profile is above 0. */
function isFree({ decode, queue, ...parts }: Profile): boolean {
  const { admit, route, hydrate, safety, tokenise, embed, prefill, post } = parts;
  const stages = [admit, route, hydrate, safety, tokenise, embed, queue, prefill, post];
  const costs = stages.flatMap((stage) => [
    stage?.fixedMs ?? 0,
    stage?.perItemMs ?? 0,
    stage?.perThousandTokensMs ?? 0,
    stage?.jitterMs ?? 0,
  ]);
  costs.push(prefill?.perMillionPairsMs ?? 0);
  return (
    decode.tokensPerSecond === null && [...costs, decode.jitterMs ?? 0].every((ms) => ms === 0)
  );
}
