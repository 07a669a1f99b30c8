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
  /** Where it is kept: threads that track the same limits in it share one count. */
  readonly memory: SharedArrayBuffer;
  /** Whether one more request fits the limits; says so before it is sent, and counts it if it does. */
  mayRequest(request: CreateRequest): boolean;
  readonly add: (usage: ReadUsage | undefined, request: CreateRequest) => void;
  /** The limit that stopped a request, if one did. */
  readonly exhausted: 'request_limit' | 'token_limit' | undefined;
}

/** Its places in memory. */
const [REQUESTS, TOKENS, EXHAUSTED] = [0, 1, 2];
/** Why no further request is let through; 0 in memory: nothing stops them. */
const reasons = [undefined, 'request_limit', 'token_limit'] as const;

/**
 * A count against the limits. A request is counted by its size until its usage is known, be that never.
 * @param memory of a count that another thread began @default a count of its own
 */
export function trackSpend(
  limits: SpendLimits,
  memory = new SharedArrayBuffer(3 * BigInt64Array.BYTES_PER_ELEMENT),
): Spend {
  const spent = new BigInt64Array(memory);
  const assumed = new WeakMap<CreateRequest, number>();

  /** Adds so much where it fits; what doesn't fit is taken back before anybody can have sent it. */
  function take(place: number, amount: number, most: number | undefined): boolean {
    const before = Atomics.add(spent, place, BigInt(amount));
    if (most === undefined || Number(before) + amount <= most) return true;
    Atomics.sub(spent, place, BigInt(amount));
    return false;
  }
  function refuse(reason: NonNullable<Spend['exhausted']>): false {
    Atomics.compareExchange(spent, EXHAUSTED, 0n, BigInt(reasons.indexOf(reason)));
    return false;
  }

  const exhausted = (): Spend['exhausted'] => reasons[Number(Atomics.load(spent, EXHAUSTED))];
  return {
    limits,
    memory,
    mayRequest(request) {
      if (exhausted() !== undefined) return false;
      if (!take(REQUESTS, 1, limits.maxRequests)) return refuse('request_limit');
      const carried = limits.maxTokens === undefined ? 0 : tokensCarried(request);
      if (!take(TOKENS, carried, limits.maxTokens)) {
        Atomics.sub(spent, REQUESTS, 1n);
        return refuse('token_limit');
      }
      assumed.set(request, carried);
      return true;
    },
    add(usage, request) {
      if (usage === undefined) return;
      const carried = assumed.get(request) ?? 0;
      const more = (usage.inputTokens ?? carried) + (usage.outputTokens ?? 0) - carried;
      Atomics.add(spent, TOKENS, BigInt(more));
    },
    get exhausted() {
      return exhausted();
    },
  };
}

function tokensCarried(request: CreateRequest): number {
  return tokensOf(JSON.stringify(request));
}
