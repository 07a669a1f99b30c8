import type { ReadUsage } from '../../protocol/reading.ts';
import type { CreateRequest } from '../../protocol/request.ts';
import { tokensOf } from '../../tokens.ts';

/** Hard stops for endpoints that cost money; absent means no limit. */
export interface SpendLimits {
  maxRequests?: number;
  /** Input and output tokens together, as the endpoint declares them. */
  maxTokens?: number;
}

/** The count of what was spent, warm-up included. */
export interface Spend {
  readonly limits: SpendLimits;
  /** Whether one more request fits the limits; says so before it is sent, and counts it if it does. */
  mayRequest(request: CreateRequest): boolean;
  readonly add: (usage: ReadUsage | undefined, request: CreateRequest) => void;
  /** The limit that stopped a request, if one did. */
  readonly exhausted: 'request_limit' | 'token_limit' | undefined;
}

/** A count against the limits. A request is counted by its size until its usage is known, be that never. */
export function trackSpend(limits: SpendLimits): Spend {
  let requests = 0;
  let tokens = 0;
  const assumed = new WeakMap<CreateRequest, number>();
  let exhausted: Spend['exhausted'];
  return {
    limits,
    mayRequest(request) {
      const carried = limits.maxTokens === undefined ? 0 : tokensCarried(request);
      if (limits.maxRequests !== undefined && requests >= limits.maxRequests) {
        exhausted = 'request_limit';
      } else if (limits.maxTokens !== undefined && tokens + carried > limits.maxTokens) {
        exhausted = 'token_limit';
      }
      if (exhausted !== undefined) return false;
      requests++;
      tokens += carried;
      assumed.set(request, carried);
      return true;
    },
    add(usage, request) {
      if (usage === undefined) return;
      const carried = assumed.get(request) ?? 0;
      tokens += (usage.inputTokens ?? carried) + (usage.outputTokens ?? 0) - carried;
    },
    get exhausted() {
      return exhausted;
    },
  };
}

function tokensCarried(request: CreateRequest): number {
  return tokensOf(JSON.stringify(request));
}
