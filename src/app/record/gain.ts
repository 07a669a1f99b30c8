import type { Script } from '../../scenario/script.ts';

/** What a recorded session would gain over another transport, in sentences: none as long as no estimate is at hand. */
export function whatItWouldGain(_script: Script): readonly string[] {
  return [];
}
