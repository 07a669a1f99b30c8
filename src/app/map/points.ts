import type { Point } from '../../estimate/points.ts';
import { loadProfile } from '../../mock/profile/load.ts';
import type { Profile } from '../../mock/profile/schema.ts';
import type { LinkSettings } from '../../network/link.ts';
import { plainLink } from '../../network/link-presets.ts';
import { resizeScript } from '../../scenario/resize.ts';
import type { Script } from '../../scenario/script.ts';
import type { EstimateOptions } from '../estimate.ts';
import { scriptOf } from '../job.ts';
import { resolveOptions } from '../options/resolve.ts';

/** The options at a place of a map, for an estimate as for a run. */
export type PointOptions = EstimateOptions & { scenario: Script };

/**
 * What makes options for each place of a map, from those that all have in common.
 * @throws UsageError for options or a scenario that are no good.
 */
export async function pointMaker(
  options: EstimateOptions,
): Promise<(point: Point) => Promise<PointOptions>> {
  const { link: _, ...others } = options;
  const { scenario, seed, target, link } = await resolveOptions(options);
  const script = await scriptOf(scenario, seed);
  return async ({ steps, contextTokens, rttMs, tokensPerSecond, profile }) => ({
    ...others,
    scenario: resizeScript(script, {
      ...(steps !== undefined && { steps }),
      ...(contextTokens !== undefined && { contextTokens }),
    }),
    ...linkAt(link, rttMs),
    mock: {
      ...options.mock,
      profile: atSpeed(
        await loadProfile(profile ?? (target.kind === 'mock' ? target.profile : 'fast')),
        tokensPerSecond,
      ),
    },
  });
}

/** At no round trip there is no link, unless it is good for something else: its timers take time of their own. */
function linkAt(
  link: LinkSettings | undefined,
  rttMs: number | undefined = link?.rttMs,
): { link?: LinkSettings } {
  const isPlain =
    link?.bandwidthBitsPerSecond === undefined ||
    (link.bandwidthBitsPerSecond === null && link.jitterMs === 0);
  if (rttMs === undefined || (rttMs === 0 && isPlain)) return {};
  return { link: { ...(link ?? plainLink(0)), rttMs } };
}

/** A profile whose model speaks at another pace. */
function atSpeed(profile: Profile, tokensPerSecond: number | undefined): Profile {
  if (tokensPerSecond === undefined) return profile;
  const name = `${profile.name} at ${tokensPerSecond} tokens/s`;
  return {
    ...profile,
    name,
    decode: { tokensPerSecond, source: 'assumed: the speed that was asked for' },
  };
}
