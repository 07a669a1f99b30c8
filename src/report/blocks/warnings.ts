import { survivesOwnDelay } from '../../compare/rounds/own-delay.ts';
import type { Result } from '../../result/schema.ts';
import { hasWarning, type WarningCode } from '../../result/warnings/kinds.ts';
import { claimedDifferences, differenceName } from './verdict.ts';

/** A warning as a report tells it; a mere note is of something that changes nothing above. */
export interface ToldWarning {
  message: string;
  weight: 'warning' | 'note';
}

/**
 * The warnings of a result. Where our own delay is warned of and the verdict claims differences, what becomes of them is
 * added to the last such warning; if all of them survive, these warnings are notes. Of an unfit run nothing is claimed.
 */
export function toldWarnings(result: Result): ToldWarning[] {
  const { warnings } = result;
  const { survivors, doubtful } = survival(result);
  const isSafe = survivors.length > 0 && doubtful.length === 0;
  const last = warnings.findLast(isOfOurDelay);
  return warnings.map((warning) => ({
    message:
      warning === last ? warning.message + survivalText(survivors, doubtful) : warning.message,
    weight: isSafe && isOfOurDelay(warning) ? 'note' : 'warning',
  }));
}

/** Kinds of warnings that say how our own event loop delayed the samples of a run that is still fit to judge. */
const ofOurDelay: ReadonlySet<string> = new Set<WarningCode>([
  'busy',
  'late_loop',
  'stalled_steps',
]);

function isOfOurDelay({ code }: Result['warnings'][number]): boolean {
  return ofOurDelay.has(code);
}

/** The differences claimed above, by whether they may be our own delay. */
function survival(result: Result): { survivors: string[]; doubtful: string[] } {
  const { rounds, environment } = result;
  const survivors: string[] = [];
  const doubtful: string[] = [];
  const claimed = hasWarning(result, 'unfit') ? [] : claimedDifferences(result);
  for (const difference of claimed) {
    const survives = survivesOwnDelay(difference, rounds, environment.noise);
    (survives ? survivors : doubtful).push(differenceName(result, difference));
  }
  return { survivors, doubtful };
}

function survivalText(survivors: readonly string[], doubtful: readonly string[]): string {
  const told = [
    ...(survivors.length > 0
      ? [`of ${survivors.join(', ')} survives it, with all of our own delay counted against it`]
      : []),
    ...(doubtful.length > 0 ? [`of ${doubtful.join(', ')} may be nothing but our own delay`] : []),
  ];
  return told.length === 0 ? '' : `. The difference above ${told.join('; that ')}`;
}
