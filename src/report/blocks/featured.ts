import type { Result } from '../../result/schema.ts';

/** The two transports of a run that its differences are told of: WebSocket mode, or what ran last, against the base. */
export interface Featured {
  base: string;
  candidate: string;
}

/** The featured pair of a run; undefined where one transport ran. */
export function featuredOf({ run }: Result): Featured | undefined {
  const [base, ...candidates] = run.options.transports;
  const candidate = candidates.find((name) => name === 'ws') ?? candidates.at(-1);
  return base === undefined || candidate === undefined ? undefined : { base, candidate };
}
