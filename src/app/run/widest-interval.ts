import { pairOf } from '../../compare/change/pairs.ts';
import { widestHalfWidth } from '../../compare/rounds/precision.ts';
import { isControl } from '../../result/control.ts';
import type { Round } from '../../runner/schedule.ts';
import type { Arm, Side } from './side.ts';

/** A measure of how precise a job's rounds are: half the width, in percent, of the widest interval that it is run for. */
export function widestInterval(
  sides: readonly Side[],
): (rounds: readonly Round<Arm>[]) => number | null {
  const pairs = primaryPairs(sides);
  return (rounds) =>
    widestHalfWidth(
      pairs.map(([base, candidate]) =>
        rounds.flatMap(({ sessions }) =>
          pairOf(sessions.get(base), sessions.get(candidate), 'workflow_e2e'),
        ),
      ),
    );
}

/** What is compared first of all: candidates with the base, or where two sides are interleaved, these. */
function primaryPairs([base, candidate]: readonly Side[]): (readonly [Arm, Arm])[] {
  const arms = base?.arms ?? [];
  if (candidate !== undefined) {
    return arms.flatMap((arm, index) => {
      const other = candidate.arms[index];
      return other === undefined ? [] : [[arm, other] as const];
    });
  }
  const [first, ...others] = arms.filter(({ name }) => !isControl(name));
  return others.flatMap((other) => (first === undefined ? [] : [[first, other] as const]));
}
