import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * The stream of random numbers of one place (`steps[2].user`) under one seed. Every place has its own, so that a
 * change in one step leaves the text of all others as it was.
 */
export function randomAt(seed: number, place: string): RandomGenerator {
  const digest = createHash('sha256').update(`${seed} ${place}`).digest();
  return xoroshiro128plus(digest.readInt32LE());
}

/**
 * A whole number from a normal distribution, truncated: drawn again until it lies between 1 and `max`. Made of
 * additions only (Irwin–Hall with n = 12, so never beyond 6 sd), hence the same on every machine.
 */
export function drawNormal(
  random: RandomGenerator,
  { mean, sd }: { mean: number; sd: number },
  max: number,
): number {
  for (;;) {
    let sum = 0;
    for (let draw = 0; draw < 12; draw += 1) sum += uniformInt(random, 0, RESOLUTION) / RESOLUTION;
    const value = Math.round(mean + sd * (sum - 6));
    if (value >= 1 && value <= max) return value;
  }
}

const RESOLUTION = 2 ** 30;
