import type { LinkSettings } from './link-model.ts';

/** The links that have a name. */
export type LinkPresetName = 'lan' | 'region' | 'cross-country' | 'intercontinental' | 'mobile';

/** A link of the given round-trip time with nothing else unusual; Linux receivers mostly open at 64 KB. */
export function plainLink(rttMs: number): LinkSettings {
  return {
    rttMs,
    bandwidthBitsPerSecond: null,
    jitterMs: 0,
    slowStart: true,
    receiveWindowBytes: 65_536,
  };
}

/**
 * Links by name. The round-trip times are round figures for typical distances to a data centre; those of `mobile`,
 * and its jitter and bandwidth, are assumed. Timers count whole milliseconds: `lan` comes out at 1 to 1.5 ms.
 */
export const linkPresets: Readonly<Record<LinkPresetName, LinkSettings>> = {
  lan: plainLink(0.5),
  region: plainLink(10),
  'cross-country': plainLink(60),
  intercontinental: plainLink(150),
  mobile: { ...plainLink(80), bandwidthBitsPerSecond: 20_000_000, jitterMs: 10 },
};

/** Whether a text names a preset. */
export function isLinkPresetName(text: string): text is LinkPresetName {
  return Object.hasOwn(linkPresets, text);
}
