/** The two transports of a run that its differences are told of: WebSocket mode, or what ran last, against the base. */
export interface Featured {
  base: string;
  candidate: string;
}

/** The featured pair of these transports, the base first; undefined where there is only one. */
export function featuredOf([base, ...candidates]: readonly string[]): Featured | undefined {
  const candidate = candidates.find((name) => name === 'ws') ?? candidates.at(-1);
  return base === undefined || candidate === undefined ? undefined : { base, candidate };
}
