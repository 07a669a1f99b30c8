import type { Reply, Service } from '../answer/service.ts';
import type { Faults } from '../fault/faults.ts';
import type { SessionCache } from '../memory/session-cache.ts';
import { parseCreateBody } from '../wire/create-body.ts';
import { isRefusal, type Refusal } from '../wire/refusal.ts';
import { invalidPrevious } from './messages.ts';
import type { Request } from './request-queue.ts';

/** The reply to a request, which may continue what the connection holds; or why there is none. */
export function replyTo(
  request: Request,
  { service, faults }: { service: Service; faults: Faults },
  cache: SessionCache,
): Reply | Refusal {
  if (isRefusal(request)) return request;
  const lapse = faults.forgets();
  if (lapse !== undefined) cache.clear();
  const body = parseCreateBody(request);
  if (isRefusal(body)) return body;
  const reply =
    faults.refusal('ws') ??
    service.create(body, { connection: cache, findInSession: (id) => cache.find(id) });
  const isLost = isRefusal(reply) && reply.error.code === 'previous_response_not_found';
  return isLost && lapse === 'invalid' ? invalidPrevious() : reply;
}

/** The rule that a continuation which fails takes with it the response that it would have continued. */
export function evictParent(request: Request, lane: string | undefined, cache: SessionCache): void {
  const previousId = isRefusal(request) ? undefined : request['previous_response_id'];
  if (typeof previousId === 'string') cache.evict(previousId, lane);
}

/** Bytes of the JSON of the conversation that a request goes on from. */
export function conversationBefore(request: Request, cache: SessionCache): number {
  const previousId = isRefusal(request) ? undefined : request['previous_response_id'];
  return typeof previousId === 'string' ? cache.conversationBytes(previousId) : 0;
}
