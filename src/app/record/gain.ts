import { estimator } from '../../estimate/estimate.ts';
import { profiles } from '../../mock/profile/bundled.ts';
import { linkPresets } from '../../network/link-presets.ts';
import type { Script } from '../../scenario/script.ts';

/** Paths that a client may have: a server in the same region, and one across a continent. */
const paths = ['region', 'cross-country'] as const;
const bases = ['http', 'http-keepalive'] as const;

/**
 * What a recorded session would gain by WebSocket, in sentences: reckoned with its own sizes, tool times and pace, at the profile `flagship`
 * where it doesn't know its pace, over paths of two lengths.
 */
export function whatItWouldGain(script: Script): readonly string[] {
  const profile = profiles.flagship;
  const estimateAt = estimator(script, [...bases, 'ws'], profile);
  return paths.map((path) => {
    const link = linkPresets[path];
    const { arms, changes } = estimateAt({
      ...{ profile, link, tls: true, toolTimeFactor: 1, seed: script.seed, sessions: 1 },
    });
    const seconds = (arm: string): string => ((arms[arm]?.e2eUs ?? NaN) / 1e6).toPrecision(3);
    const against = bases.map((base) => {
      const change = changes.find((each) => each.base === base && each.candidate === 'ws');
      return `${base} ${seconds(base)} s (${signed(change?.changePercent ?? NaN)} %)`;
    });
    return `at a round trip of ${link.rttMs} ms, ws would take ${seconds('ws')} s against ${against.join(' and ')}, reckoned with the profile ${profile.name} where no pace is recorded`;
  });
}

function signed(percent: number): string {
  return `${percent > 0 ? '+' : percent < 0 ? '−' : ''}${Math.abs(percent).toFixed(1)}`;
}
