import { describe, expect, it } from 'vitest';
import { watchReach } from '../../src/app/run/reach.ts';
import { EndpointFailure } from '../../src/transport/failure.ts';

const failure = new EndpointFailure('unreachable', 'as told');

describe('an endpoint', () => {
  it('is out of reach once a session over every transport has failed', () => {
    const reach = watchReach(['http', 'ws']);
    expect(reach.begin('http').lost(failure)).toBe(false);
    expect(reach.begin('http').lost(failure)).toBe(false);
    expect(reach.begin('ws').lost(failure)).toBe(true);
    expect(reach.failure).toBe(failure);
  });

  it('is not while a session that began before the first failure has yet to hear of it', () => {
    const reach = watchReach(['ws']);
    const [quick, slow] = [reach.begin('ws'), reach.begin('ws')];
    expect(quick.lost(failure)).toBe(false);
    expect(reach.begin('ws').lost(failure)).toBe(false);
    expect(slow.lost(failure)).toBe(true);
  });

  it('is not held to be within it by those that begin later', () => {
    const reach = watchReach(['ws']);
    const first = reach.begin('ws');
    reach.begin('ws').lost(failure);
    reach.begin('ws');
    expect(first.lost(failure)).toBe(true);
  });

  it('has been reached with the first step that completed, whatever fails afterwards', () => {
    const reach = watchReach(['ws']);
    const [quick, slow] = [reach.begin('ws'), reach.begin('ws')];
    slow.answered();
    expect(quick.lost(failure)).toBe(false);
    expect(slow.lost(failure)).toBe(false);
    expect(reach.begin('ws').lost(failure)).toBe(false);
  });

  it('is not out of it because a session was called off', () => {
    expect(watchReach(['ws']).begin('ws').lost(undefined)).toBe(false);
  });
});
