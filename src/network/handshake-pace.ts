import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../measure/clock.ts';

/** A TLS handshake costs this process 1 to 1.5 ms of CPU: begun faster than this, they wait for each other. */
const INTERVAL_US = 1250;
/** So many may begin at once after a pause. */
const BURST = 8;

/** When the next handshake would be on schedule (generic cell rate algorithm, ITU-T I.371): one pace for the process. */
let scheduledUs = 0;

/**
 * Waits until one more TLS handshake may begin, so that a histogram of handshakes shows the network and the server,
 * not the queue for our own CPU.
 * @returns how long it waited, in µs
 * @throws the signal's reason if it aborts.
 */
export async function handshakeTurn(signal: AbortSignal): Promise<number> {
  const startUs = nowUs();
  const turnUs = Math.max(startUs, scheduledUs - (BURST - 1) * INTERVAL_US);
  scheduledUs = Math.max(startUs, scheduledUs) + INTERVAL_US;
  while (nowUs() < turnUs) {
    const leftMs = Math.ceil((turnUs - nowUs()) / 1000);
    await sleep(leftMs, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
  }
  return nowUs() - startUs;
}
