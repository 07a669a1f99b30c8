/*
 * How long uploads took over Linux's own TCP across a real delay, in ms: the table of docs/link-model.md, which says how
 * it was measured. Of every case the two most frequent modes, if both were seen at least twice.
 */

export const RTTS_MS = [20, 50, 100, 150] as const;
export const BODIES_KB = [12, 40, 200, 800] as const;
export const IDLES_MS = [400, 600, 900, 1400, 2000] as const;

/**
 * `fresh`: dialling included. `warm`: on an open connection whose window is cold. `second` and `hot`: the second and
 * third body of the connection (the second was measured at 100 and 150 ms only); `idle`: after it, and so many ms of pause.
 */
export type UploadCase = 'fresh' | 'warm' | 'second' | 'hot' | `idle ${(typeof IDLES_MS)[number]}`;
type Modes = Record<Exclude<UploadCase, 'second'>, readonly number[]> & {
  second?: readonly number[];
};

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
  100: {
    12: {
      fresh: [304.6],
      warm: [100.7],
      second: [100.7],
      hot: [100.7],
      'idle 400': [100.8],
      'idle 600': [100.8],
      'idle 900': [100.8],
      'idle 1400': [100.9],
      'idle 2000': [100.9],
    },
    40: {
      fresh: [404.8],
      warm: [201.1],
      second: [100.9],
      hot: [101],
      'idle 400': [101],
      'idle 600': [201.1],
      'idle 900': [201.2],
      'idle 1400': [201.3],
      'idle 2000': [201.4],
    },
    200: {
      fresh: [706],
      warm: [502.3],
      second: [101.4, 201.5],
      hot: [101.4],
      'idle 400': [101.5],
      'idle 600': [201.7],
      'idle 900': [302.1],
      'idle 1400': [402.6],
      'idle 2000': [402.4],
    },
    800: {
      fresh: [907.8],
      warm: [703.5],
      second: [103.8, 202.4],
      hot: [103.8],
      'idle 400': [103.8],
      'idle 600': [203.3],
      'idle 900': [303.5],
      'idle 1400': [403.7],
      'idle 2000': [604],
    },
  },
  150: {
    12: {
      fresh: [454.9],
      warm: [150.8],
      second: [150.8],
      hot: [150.8],
      'idle 400': [150.8],
      'idle 600': [150.9],
      'idle 900': [150.8],
      'idle 1400': [150.8],
      'idle 2000': [150.8],
    },
    40: {
      fresh: [604.8],
      warm: [301.1],
      second: [150.9],
      hot: [150.9],
      'idle 400': [150.9],
      'idle 600': [151],
      'idle 900': [301.3],
      'idle 1400': [301.3],
      'idle 2000': [301.4],
    },
    200: {
      fresh: [906.5, 1056.1],
      warm: [752.3],
      second: [151.4, 301.7],
      hot: [151.5],
      'idle 400': [151.4],
      'idle 600': [301.9],
      'idle 900': [301.9],
      'idle 1400': [602.4],
      'idle 2000': [602.5],
    },
    800: {
      fresh: [1357.7],
      warm: [1053.8],
      second: [153.8, 301.9],
      hot: [154.1],
      'idle 400': [153.9],
      'idle 600': [303.3],
      'idle 900': [303.4],
      'idle 1400': [603.5],
      'idle 2000': [754.4],
    },
  },
};
