import type { Profile, StageCost } from '../mock/profile/schema.ts';
import { type StageName, stageNames } from '../protocol/server-timing.ts';

/** A profile with the mean in place of everything that it draws: what every run draws differs with the order of its requests. */
export function meanProfile(profile: Profile): Profile {
  const { decode } = profile;
  const means = stages.flatMap((name) => {
    const cost = profile[name];
    return cost === undefined ? [] : [[name, meanCost(cost)] as const];
  });
  return { ...profile, ...Object.fromEntries(means), decode: meanPace(decode) };
}

type Stage = Exclude<StageName, 'decode'>;

const stages = stageNames.filter((name): name is Stage => name !== 'decode');

function meanCost<Cost extends StageCost>({ jitterMs = 0, fixedMs = 0, ...cost }: Cost) {
  return { ...cost, fixedMs: fixedMs + jitterMs / 2 };
}

/** Every token comes later by what it draws, so the pace is slower by half of the most. */
function meanPace({
  jitterMs = 0,
  tokensPerSecond,
  ...decode
}: Profile['decode']): Profile['decode'] {
  if (jitterMs === 0) return { ...decode, tokensPerSecond };
  const intervalMs = (tokensPerSecond === null ? 0 : 1000 / tokensPerSecond) + jitterMs / 2;
  return { ...decode, tokensPerSecond: 1000 / intervalMs };
}
