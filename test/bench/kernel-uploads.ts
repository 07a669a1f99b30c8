/*
 * How long uploads took over Linux's own TCP across a real delay, in ms: the table of docs/link-model.md, which says how
 * it was measured. Of every case the two most frequent modes, if both were seen at least twice.
 */

export const RTTS_MS = [20, 50] as const;
export const BODIES_KB = [12, 40, 200, 800] as const;
export const IDLES_MS = [400, 600, 900, 1400, 2000] as const;

/**
 * `fresh`: dialling included. `warm`: on an open connection whose window is cold. `hot`: the third body of the
 * connection; `idle`: after it, and so many ms of pause.
 */
export type UploadCase = 'fresh' | 'warm' | 'hot' | `idle ${(typeof IDLES_MS)[number]}`;
type Modes = Record<UploadCase, readonly number[]>;

export const kernelModesMs: Readonly<
  Record<(typeof RTTS_MS)[number], Record<(typeof BODIES_KB)[number], Modes>>
> = {
  20: {
    12: {
      fresh: [64.2],
      warm: [20.5],
      hot: [20.5],
      'idle 400': [20.8],
      'idle 600': [20.7],
      'idle 900': [20.8],
      'idle 1400': [20.7],
      'idle 2000': [20.7],
    },
    40: {
      fresh: [84.2],
      warm: [40.8],
      hot: [20.6],
      'idle 400': [20.9],
      'idle 600': [40.9],
      'idle 900': [41],
      'idle 1400': [41],
      'idle 2000': [41.1],
    },
    200: {
      fresh: [124.6, 144.5],
      warm: [81.5, 101.5],
      hot: [21.1],
      'idle 400': [21.4],
      'idle 600': [41.4],
      'idle 900': [81.6],
      'idle 1400': [81.8],
      'idle 2000': [81.7],
    },
    800: {
      fresh: [188.3, 228],
      warm: [142.7, 163.8],
      hot: [23, 42.3],
      'idle 400': [23.7, 43],
      'idle 600': [43.6],
      'idle 900': [62.9, 83.3],
      'idle 1400': [104.1, 124.3],
      'idle 2000': [125.6],
    },
  },
  50: {
    12: {
      fresh: [154.6],
      warm: [50.5],
      hot: [50.6],
      'idle 400': [50.8],
      'idle 600': [50.7],
      'idle 900': [51],
      'idle 1400': [50.7],
      'idle 2000': [51.2],
    },
    40: {
      fresh: [204.3],
      warm: [101],
      hot: [50.7],
      'idle 400': [50.9],
      'idle 600': [101.1],
      'idle 900': [101.3],
      'idle 1400': [101.2],
      'idle 2000': [101.2],
    },
    200: {
      fresh: [308.5, 354.9],
      warm: [251.9],
      hot: [51.3],
      'idle 400': [51.5],
      'idle 600': [101.6],
      'idle 900': [151.6],
      'idle 1400': [202.2],
      'idle 2000': [202.2],
    },
    800: {
      fresh: [457.1, 552.2],
      warm: [353.2, 404.6],
      hot: [53.4, 102.9],
      'idle 400': [53.3, 102.1],
      'idle 600': [103.6],
      'idle 900': [153.1],
      'idle 1400': [203.4, 253.7],
      'idle 2000': [304],
    },
  },
};
