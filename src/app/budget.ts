import { UsageError } from '../errors.ts';
import type { Script } from '../scenario/script.ts';
import type { ResolvedOptions } from './options/resolve.ts';
import { plannedTraffic } from './planned-traffic.ts';

/**
 * The check, before anything is sent, that a run's limits let its warm-up and one measured round through: with less,
 * money would be spent and nothing measured.
 * @throws UsageError with what is needed and what is allowed
 */
export function checkBudget(script: Script, sides: readonly ResolvedOptions[]): void {
  const [first] = sides;
  if (first?.spend === undefined) return;
  const { maxRequests, maxTokens } = first.spend.limits;
  const rounds = first.warmup + 1;
  const each = sides.flatMap(({ transports, aa, request }) =>
    [...transports, ...transports.slice(0, aa ? 1 : 0)].map((transport) =>
      plannedTraffic(script, script.name, transport, request),
    ),
  );
  const requests = rounds * each.reduce((sum, one) => sum + one.requests, 0);
  const tokens = rounds * each.reduce((sum, one) => sum + one.inputTokens + one.outputTokens, 0);
  const what = `${first.warmup === 0 ? '' : `${first.warmup} to warm up and `}one round of ${script.name}`;
  if (maxRequests !== undefined && maxRequests < requests) {
    throw new UsageError(`max requests: ${what} takes ${requests}, got ${maxRequests}`);
  }
  if (maxTokens !== undefined && maxTokens < tokens) {
    throw new UsageError(`max tokens: ${what} takes about ${tokens}, got ${maxTokens}`);
  }
}
