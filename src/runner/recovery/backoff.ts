import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';

/** The state of a step when it asks how long to wait. */
export interface Backoff {
  /** Retries of the step so far. */
  retries: number;
  /** Until the step's deadline. */
  leftMs: number;
  /** Random, from 0 to below 1. */
  draw: number;
}

const BASE_MS = 500;
const LONGEST_MS = 8000;
/** A server that wants to be left alone for longer is not waited for. */
const LONGEST_HINT_MS = 60_000;

/**
 * The wait before a retry, in ms: what the server asked for, else exponential backoff with full jitter
 * (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 * @returns undefined if that is too long to wait
 */
export function retryDelayMs(
  hintMs: number | undefined,
  { retries, leftMs, draw }: Backoff,
): number | undefined {
  if (hintMs !== undefined && hintMs > LONGEST_HINT_MS) return undefined;
  const delayMs = hintMs ?? draw * Math.min(LONGEST_MS, BASE_MS * 2 ** retries);
  return delayMs < leftMs ? delayMs : undefined;
}

/** A number from 0 to below 1, the same for the same seed and place. */
export function drawOf(seed: number, ...place: readonly number[]): number {
  let mixed = seed;
  for (const number of place) mixed = Math.imul(mixed, 0x9e3779b1) + number + 1;
  return uniformInt(mersenne(mixed), 0, RESOLUTION - 1) / RESOLUTION;
}

const RESOLUTION = 2 ** 30;
