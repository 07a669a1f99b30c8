import type { WebSocket } from 'ws';
import type { Faults } from '../fault/faults.ts';
import { MAX_TIMER_MS } from '../wire/limits.ts';
import { ageLimitReached, errorFrame } from './messages.ts';
import type { RequestQueue } from './request-queue.ts';

/** The end that every connection comes to at some age: once nothing is under way, it is told so and closed. */
export function limitAge(
  webSocket: WebSocket,
  queue: Pick<RequestQueue, 'whenIdle'>,
  { faults, maxAgeMs: usualMs }: { faults: Faults; maxAgeMs: number },
): void {
  const shortLife = faults.ageLimit();
  const maxAgeMs = shortLife?.effect ?? usualMs;
  const timer = setTimeout(
    () => {
      queue.whenIdle(() => {
        shortLife?.inject();
        webSocket.send(JSON.stringify(errorFrame(ageLimitReached(maxAgeMs))));
        webSocket.close(1001, 'connection limit reached');
      });
    },
    Math.min(maxAgeMs, MAX_TIMER_MS),
  );
  timer.unref();
  webSocket.on('close', () => {
    clearTimeout(timer);
  });
}
