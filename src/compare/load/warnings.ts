import type { LoadFigures } from '../../result/load/schema.ts';
import type { WarningFacts } from '../../result/warnings/kinds.ts';
import { fellBehind } from './knee.ts';

/**
 * What a reader of the times under a rate should know: that the endpoint did not keep up, so that they tell how long the run
 * went on; and that sessions waited on our side. A ramp looks for just that, so there only the second is said.
 */
export function loadWarnings({ levels, knees }: LoadFigures, mostOpen: number): WarningFacts[] {
  const rows = levels.flatMap(({ transports }) => Object.entries(transports));
  const behind = knees === undefined ? rows.filter(([, figures]) => fellBehind(figures)) : [];
  const held = new Map<string, { workflows: number; allWorkflows: number }>();
  for (const [transport, { heldBack, arrivals }] of rows) {
    const { workflows, allWorkflows } = held.get(transport) ?? { workflows: 0, allWorkflows: 0 };
    held.set(transport, {
      workflows: workflows + heldBack,
      allWorkflows: allWorkflows + arrivals,
    });
  }
  return [
    ...behind.flatMap(([transport, figures]): WarningFacts[] => {
      const { offeredPerSecond, completedPerSecond, growth } = figures;
      if (growth === null || offeredPerSecond === null) return [];
      return [{ code: 'fell_behind', transport, offeredPerSecond, completedPerSecond, growth }];
    }),
    ...[...held].flatMap(([transport, counts]): WarningFacts[] =>
      counts.workflows === 0 ? [] : [{ code: 'held_back', transport, ...counts, mostOpen }],
    ),
  ];
}
