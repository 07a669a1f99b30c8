import type { Socket } from 'node:net';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { UsageError } from '../errors.ts';
import { createDeadlineTimer } from './deadline-timer.ts';
import { type LinkSettings, MSS_BYTES } from './link-model.ts';
import { type LinkedSocket, linkSocket } from './linked-socket.ts';

export type { LinkSettings };

/** No path is slower; Node's timers, besides, know nothing beyond 24 days. */
const MAX_DELAY_MS = 60_000;

/** An emulated link that any number of connections share, each with its own windows and bandwidth. */
export interface Link {
  readonly settings: LinkSettings;
  /** Puts the link round a socket that has just connected; its TCP handshake began at `connectUs`. */
  attach(raw: Socket, connectUs: number): LinkedSocket;
}

/**
 * A link for one run. The jitter of a connection follows from the seed and the connection's number.
 * @throws UsageError if a setting is no number, or out of range.
 */
export function createLink(settings: LinkSettings, seed: number): Link {
  checkLinkSettings(settings);
  const timer = createDeadlineTimer();
  const random = xoroshiro128plus(seed);

  /** Streams of random numbers that never meet. */
  function nextJitter(): () => number {
    random.jump();
    const stream = random.clone();
    return settings.jitterMs === 0 ? () => 0 : () => uniformFloat64(stream);
  }

  return {
    settings,
    attach(raw, connectUs) {
      const jitter = { up: nextJitter(), down: nextJitter() };
      return linkSocket(raw, connectUs / 1000, settings, timer, jitter);
    },
  };
}

/**
 * Checks what a link is asked to do.
 * @throws UsageError if a setting is no number, or out of range.
 */
export function checkLinkSettings(settings: LinkSettings): void {
  const { rttMs, bandwidthBitsPerSecond, jitterMs, receiveWindowBytes, cutIdleMs } = settings;
  check('rttMs', rttMs, 0, 'milliseconds from 0 to 60000', MAX_DELAY_MS);
  check('jitterMs', jitterMs, 0, 'milliseconds from 0 to 60000', MAX_DELAY_MS);
  check('receiveWindowBytes', receiveWindowBytes, MSS_BYTES, `bytes from ${MSS_BYTES}`);
  if (cutIdleMs !== undefined) check('cutIdleMs', cutIdleMs, 1, 'milliseconds from 1');
  if (bandwidthBitsPerSecond !== null) {
    check('bandwidthBitsPerSecond', bandwidthBitsPerSecond, 1000, 'bits per second from 1000');
  }
}

function check(
  name: keyof LinkSettings,
  value: number,
  min: number,
  expected: string,
  max = Infinity,
): void {
  if (Number.isFinite(value) && value >= min && value <= max) return;
  throw new UsageError(`link ${name}: expected ${expected}, got ${value}`);
}
