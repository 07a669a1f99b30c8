import { plainLink } from '../network/link-presets.ts';
import { stageNames } from '../protocol/server-timing.ts';
import { resizeScript } from '../scenario/resize.ts';
import type { Script } from '../scenario/script.ts';
import type { TransportName } from '../transport/index.ts';
import { type ArmEstimate, type Conditions, type Estimate, estimator } from './estimate.ts';
import { type Found, leastThatGains, type Range } from './solve.ts';

/** The unknowns that are solved for, one at a time. */
export type Unknown = 'roundTripMs' | 'sparedPerCallMs' | 'calls' | 'tokensPerSecond';

/** What would have to be true for a candidate to gain so much on a base, all else left as it is. */
export interface Requirement {
  base: string;
  candidate: string;
  unknown: Unknown;
  /** As it is now; null: no limit. */
  now: number | null;
  /** The least that reaches the target, or how near one comes within the range. */
  found: Found;
  /** Where it was looked for; null where it follows from the rest. */
  range: Range | null;
}

/** The subject of an estimate. */
export interface Subject {
  script: Script;
  conditions: Conditions;
}

/** Beyond a second there is no path on Earth, and more than 10,000 tokens/s nobody has. */
const ranges = {
  roundTripMs: { least: 0.1, most: 1000 },
  calls: { least: 2, most: 100, whole: true },
  tokensPerSecond: { least: 10, most: 10_000 },
} as const satisfies Record<Exclude<Unknown, 'sparedPerCallMs'>, Range>;

/**
 * What would have to be true for `candidate` to be faster than `base` by `target`, a share: 0.4 is 40 %. Every unknown is solved for
 * by itself.
 */
export function requirements(
  { script, conditions }: Subject,
  base: TransportName,
  candidate: TransportName,
  target: number,
): Requirement[] {
  const { link, profile } = conditions;
  const estimatorOf = (of: Script) => estimator(of, [base, candidate], profile);
  const same = estimatorOf(script);
  const gain = (estimate: Estimate): number => {
    const { before, after } = sidesOf(estimate);
    return 1 - after.e2eUs / before.e2eUs;
  };
  const sidesOf = ({ arms }: Estimate): Sides => {
    const [before, after] = [arms[base], arms[candidate]];
    if (before === undefined || after === undefined) throw new Error('an arm was not estimated');
    return { before, after };
  };
  const looks = {
    roundTripMs: {
      now: link?.rttMs ?? 0,
      gain: (rttMs: number) =>
        gain(same({ ...conditions, link: { ...(link ?? plainLink(0)), rttMs } })),
    },
    calls: {
      now: script.turns.length,
      gain: (steps: number) => gain(estimatorOf(resizeScript(script, { steps }))(conditions)),
    },
    tokensPerSecond: {
      now: profile.decode.tokensPerSecond,
      gain: (tokensPerSecond: number) =>
        gain(
          same({
            ...conditions,
            profile: { ...profile, decode: { ...profile.decode, tokensPerSecond } },
          }),
        ),
    },
  };
  const searched = (['roundTripMs', 'calls', 'tokensPerSecond'] as const).map((unknown) => {
    const range = ranges[unknown];
    const { now, gain: gainAt } = looks[unknown];
    return { unknown, now, range, found: leastThatGains(range, target, gainAt) };
  });
  return [sparedPerCall(sidesOf(same(conditions)), script.turns.length, target), ...searched].map(
    (each) => ({ base, candidate, ...each }),
  );
}

interface Sides {
  before: ArmEstimate;
  after: ArmEstimate;
}

/**
 * The work that the server would have to spare the candidate with every call: it makes the base longer and leaves the
 * candidate as it is, so it follows from the times without a search.
 */
function sparedPerCall(
  { before, after }: Sides,
  calls: number,
  target: number,
): Omit<Requirement, 'base' | 'candidate'> {
  const nowMs = (serverUs(before) - serverUs(after)) / calls / 1000;
  const missingMs = (after.e2eUs / (1 - target) - before.e2eUs) / calls / 1000;
  return {
    unknown: 'sparedPerCallMs',
    now: nowMs,
    range: null,
    found: { value: Math.max(0, nowMs + missingMs) },
  };
}

/** The server work of an arm that a transport may spare, in µs. */
export function serverUs({ parts }: ArmEstimate): number {
  return serverParts.reduce((sum, part) => sum + (parts[part] ?? 0), 0);
}

/** What the model says takes its time wherever it is said, and work after the answer is nobody's wait. */
const serverParts = stageNames.filter((name) => name !== 'decode' && name !== 'post');
