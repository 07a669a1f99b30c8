import type { Result, Run } from '../../result/schema.ts';

/** A result to be merged, and what it is called where it is no good. */
export interface Part {
  source: string;
  result: Result;
}

/** The runs that a result holds: itself, or those that were merged to it before. */
export function runsOf({ run }: Result): NonNullable<Run['merged']> {
  return run.merged ?? [{ id: run.id, ...(run.shard && { shard: run.shard }) }];
}

/** A result as a message calls it: by its shard where it is one. */
export function nameOf({ source, result: { run } }: Part): string {
  return run.shard === undefined ? source : `shard ${run.shard.index}/${run.shard.count}`;
}
