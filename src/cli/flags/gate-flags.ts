import type { FlagsOf } from '../../app/options/settings/index.ts';
import type { limitSettings } from '../../app/options/settings/limits.ts';

/** All flags of `gate`. */
export type AllGateFlags = FlagsOf<'gate'>;

/** The flags that say what a result must keep. */
export type GateFlags = Pick<AllGateFlags, keyof typeof limitSettings>;

/** The flags that say how two results are compared. */
export type MarginFlags = Pick<GateFlags, 'maxRegression' | 'minAbs' | 'force'>;
