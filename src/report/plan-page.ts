import type { Plan } from '../compare/rounds/plan.ts';
import type { Grid, Page } from './blocks/block.ts';
import { formatCount, formatElapsed } from './text/figures.ts';

/** The page of a plan: how many rounds every comparison needs, and the most of them. */
export function planPage(plan: Plan): Page {
  const { effectPercent, marginPercent, power, pilot, comparisons } = plan;
  const beyond = marginPercent === 0 ? '' : ` beyond an allowed ${percent(marginPercent)} %`;
  const title = `Rounds that find a difference of ${percent(effectPercent)} %${beyond} with a chance of ${power}, by workflow_e2e:`;
  const most = Math.max(...comparisons.map(({ rounds }) => rounds));
  const note = `Judged by how the rounds of the pilot scattered: the fewer it had, the rougher. A round took ${formatElapsed(pilot.roundMs)}, ${formatCount(pilot.concurrency, 'round')} at a time; warm-up comes on top.`;
  return [
    [{ kind: 'text', lines: [title], style: 'plain' }],
    [{ kind: 'grid', grid: gridOf(comparisons) }],
    [{ kind: 'text', lines: [`For all of them: -n ${most}`], style: 'strong' }],
    [{ kind: 'note', text: note }],
  ];
}

function gridOf(comparisons: Plan['comparisons']): Grid {
  return [
    [
      { text: 'comparison' },
      { text: 'pilot', detail: 'finds' },
      { text: 'rounds' },
      { text: 'time' },
    ],
    ...comparisons.map((each) => [
      { text: `${each.candidate} against ${each.base}` },
      { text: formatCount(each.pairs, 'pair'), detail: `${each.detectablePercent.toFixed(1)} %` },
      { text: String(each.rounds) },
      { text: `about ${formatElapsed(each.durationMs)}` },
    ]),
  ];
}

function percent(value: number): string {
  return String(Number(value.toPrecision(3)));
}
