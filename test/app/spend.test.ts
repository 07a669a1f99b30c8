import { describe, expect, it } from 'vitest';
import { trackSpend } from '../../src/app/options/spend.ts';
import type { CreateRequest } from '../../src/protocol/request.ts';

/** A request of about so many tokens. */
function requestOf(tokens: number): CreateRequest {
  return { model: 'm', input: 'a'.repeat(tokens * 4) as unknown as CreateRequest['input'] };
}

describe('a limit of tokens', () => {
  it('counts requests under way by their size', () => {
    const spend = trackSpend({ maxTokens: 1000 });
    expect(spend.mayRequest(requestOf(600))).toBe(true);
    expect(spend.mayRequest(requestOf(600))).toBe(false);
    expect(spend.exhausted).toBe('token_limit');
  });

  it('goes by the size where an endpoint never says what a request cost', () => {
    const spend = trackSpend({ maxTokens: 1000 });
    const request = requestOf(600);
    spend.mayRequest(request);
    spend.add(undefined, request);
    expect(spend.mayRequest(requestOf(600))).toBe(false);
  });

  it('goes by what the endpoint says as soon as it says it', () => {
    const spend = trackSpend({ maxTokens: 1000 });
    const request = requestOf(600);
    spend.mayRequest(request);
    const usage = { inputTokens: 100, cachedTokens: 0, outputTokens: 100, reasoningTokens: 0 };
    spend.add(usage, request);
    expect(spend.mayRequest(requestOf(600))).toBe(true);
    expect(spend.mayRequest(requestOf(300))).toBe(false);
  });
});
