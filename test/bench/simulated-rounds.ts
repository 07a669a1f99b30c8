import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Standard deviations and shares of the noise, as of the logarithm of a duration: 0.1 is about 10 %. */
export const noise = {
  drift: 0.1,
  own: 0.05,
  hiccupShare: 0.03,
  hiccupFactors: [1.5, 3],
} as const;

/** Duration of either side in every round. */
export interface SimulatedRounds {
  base: number[];
  candidate: number[];
}

/** Which side runs in each slot of the time: 0 the base, 1 the candidate. */
export type Design = (rounds: number, random: RandomGenerator) => (0 | 1)[];

/** Both sides in every round, in an order drawn anew. */
export const interleaved: Design = (rounds, random) =>
  Array.from({ length: rounds }, () =>
    uniform(random) < 0.5 ? ([0, 1] as const) : ([1, 0] as const),
  ).flat();

/** All rounds of the base, then all of the candidate. */
export const blocks: Design = (rounds) =>
  Array.from({ length: 2 * rounds }, (_, slot) => (slot < rounds ? 0 : 1));

/**
 * Durations of workflows run one after another on a machine that drifts: a stationary AR(1) series, of which each slot
 * keeps `persistence` of the one before, is shared by both sides; each workflow has its own normal noise, and now and
 * then a hiccup that stretches it by an evenly spread factor.
 */
export function simulate(
  design: Design,
  rounds: number,
  trueRatio: number,
  persistence: number,
  random: RandomGenerator,
): SimulatedRounds {
  const simulated: SimulatedRounds = { base: [], candidate: [] };
  const innovation = noise.drift * Math.sqrt(1 - persistence ** 2);
  let drift = noise.drift * normal(random);
  for (const side of design(rounds, random)) {
    const us = 10e6 * Math.exp(drift + noise.own * normal(random)) * hiccup(random);
    if (side === 0) simulated.base.push(us);
    else simulated.candidate.push(us * trueRatio);
    drift = persistence * drift + innovation * normal(random);
  }
  return simulated;
}

function hiccup(random: RandomGenerator): number {
  if (uniform(random) >= noise.hiccupShare) return 1;
  const [least, most] = noise.hiccupFactors;
  return least + (most - least) * uniform(random);
}

/** Box and Muller's transform. */
function normal(random: RandomGenerator): number {
  return Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * uniform(random));
}

/** Between 0 and 1, neither of them. */
function uniform(random: RandomGenerator): number {
  return ((random.next() >>> 0) + 0.5) / 2 ** 32;
}
