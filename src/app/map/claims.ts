import type { CellPlace, ClaimCell, ClaimFacts } from '../../estimate/claims.ts';
import { estimator } from '../../estimate/estimate.ts';
import { requirements } from '../../estimate/requirements.ts';
import { plainLink } from '../../network/link-presets.ts';
import { readEnvironment } from '../../result/environment.ts';
import { resizeScript } from '../../scenario/resize.ts';
import type { TransportName } from '../../transport/index.ts';
import { specifyEstimate } from '../estimate.ts';
import { scriptOf } from '../job.ts';
import { measurePlaces, type Place, type Rounds } from './measure-places.ts';
import { measuredChanges } from './measured-changes.ts';

/** As many as an interval needs, all at once: the places are many. */
const ROUNDS = { iterations: 6, warmup: 1, concurrency: 6 };

const curve = ['fast', 'flagship'].flatMap((profile) =>
  [0, 40, 100].flatMap((rttMs) =>
    [2, 5, 10, 20].map((steps): CellPlace => ({ scenario: 'coding-agent', profile, rttMs, steps })),
  ),
);

/** A place, and how it is measured where it is otherwise than all. */
interface Asked extends CellPlace {
  rounds?: Rounds;
  toolTime?: 'none';
}

/** The places where claims are looked at. */
const places: readonly Asked[] = [
  ...curve,
  ...['coding-agent', 'customer-support', 'code-review', 'research'].map(
    (scenario): CellPlace => ({ scenario, profile: 'fast', rttMs: 40 }),
  ),
  {
    ...{ scenario: 'coding-agent', profile: 'fast', rttMs: 40, steps: 20 },
    transports: ['http-chained', 'ws'],
  },
  // Without delays and tools it is so short that one at a time is soon done, and undisturbed.
  {
    ...{ scenario: 'quick', profile: 'instant', rttMs: 0, transports: ['http-keepalive', 'ws'] },
    rounds: { iterations: 50, warmup: 10, concurrency: 1 },
    toolTime: 'none',
  },
];

/** The change that each row asks about, at the place where its unknowns are solved for. */
const asked: readonly { target: number; rttMs: number }[] = [
  { target: 0.05, rttMs: 40 },
  { target: 0.1, rttMs: 40 },
  { target: 0.4, rttMs: 40 },
  { target: 0.4, rttMs: 100 },
];

/** How far the measuring of claims goes, and who is told. */
export interface ClaimTerms {
  budgetMs: number;
  onCell: (measured: number, cells: number, leftMs: number) => void;
}

/**
 * What the published claims are judged by: places measured as the budget allows, those that take least first, the rest
 * estimated, and what would have to be true.
 * @throws RunError if a place couldn't be measured.
 */
export async function claimFacts(
  { budgetMs, onCell }: ClaimTerms,
  signal: AbortSignal,
): Promise<ClaimFacts> {
  const cells = await Promise.all(places.map(cellOf));
  let count = 0;
  await measurePlaces(
    cells,
    ROUNDS,
    budgetMs,
    (cell, result, leftMs) => {
      cell.measured = measuredChanges(result);
      count++;
      onCell(count, cells.length, leftMs);
    },
    signal,
  );
  const required = await Promise.all(
    asked.map(async ({ target, rttMs }) => {
      const place: CellPlace = { scenario: 'coding-agent', profile: 'fast', rttMs, steps: 20 };
      const plan = await specifyEstimate(await optionsAt(place));
      const found = (['http', 'http-keepalive'] as const).flatMap((base) =>
        requirements(plan, base, 'ws', target),
      );
      return { place, target, found };
    }),
  );
  return {
    cells: cells.map(({ place, estimate, measured }) => ({ place, estimate, measured })),
    required,
    environment: readEnvironment(),
  };
}

async function cellOf({ rounds, toolTime, ...place }: Asked): Promise<ClaimCell & Place> {
  const plain = await optionsAt(place);
  const options = { ...plain, ...(toolTime && { toolTime }) };
  const { script, transports, conditions } = await specifyEstimate(options);
  const estimate = estimator(script, transports, conditions.profile)(conditions);
  return { place, options, estimate, measured: undefined, ...(rounds && { rounds }) };
}

async function optionsAt({ scenario, profile, rttMs, steps, transports }: CellPlace) {
  const script = await scriptOf(scenario, 1);
  return {
    scenario: steps === undefined ? script : resizeScript(script, { steps }),
    mock: { profile },
    ...(rttMs > 0 && { link: plainLink(rttMs) }),
    ...(transports && { transports: transports as readonly TransportName[] }),
  };
}
