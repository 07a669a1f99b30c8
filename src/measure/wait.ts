import { addAbortListener } from 'node:events';
import { nowUs } from './clock.ts';

/**
 * A wait of at least `ms`; the outcome is how long it really was, in µs. A timer alone fires up to 1 ms early
 * (Node truncates fractions and counts from a cached clock), so the clock is read again before it is believed.
 * @throws the signal's reason if it aborts.
 */
export async function waitMs(ms: number, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  const startUs = nowUs();
  const dueUs = startUs + ms * 1000;
  for (let leftUs = ms * 1000; leftUs > 0; leftUs = dueUs - nowUs()) {
    await timer(Math.max(1, Math.floor(leftUs / 1000)), signal);
  }
  return nowUs() - startUs;
}

/** Such a wait, so many times as long, or none; the outcome is how long it really was, in µs. */
export async function scaledWait(ms: number, factor: number, signal: AbortSignal): Promise<number> {
  return ms * factor === 0 ? 0 : waitMs(ms * factor, signal);
}

function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const handle = setTimeout(() => {
      listener[Symbol.dispose]();
      resolve();
    }, ms);
    const listener = addAbortListener(signal, () => {
      clearTimeout(handle);
      reject(signal.reason as Error);
    });
  });
}
