import type { FlagsOf } from '../../app/options/settings/index.ts';

/** Flags that say in which formats results leave the program. */
export type OutputFlags = FlagsOf<'report'>;
