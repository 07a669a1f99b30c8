import { Chalk } from 'chalk';
import type { Plan } from '../../compare/rounds/plan.ts';
import type { Cell } from '../blocks/overview.ts';
import { formatCount, formatElapsed } from '../text/figures.ts';
import { wrap } from '../text/wrap.ts';
import type { ReportOptions } from './options.ts';
import { fittingText } from './table.ts';

const DEFAULT_WIDTH = 100;

/** A plan in words: how many rounds every comparison needs, and the most of them. */
export function planReport(plan: Plan, options: ReportOptions = {}): string {
  const width = options.width ?? DEFAULT_WIDTH;
  const paint = new Chalk({ level: options.color === true ? 1 : 0 });
  const { effectPercent, marginPercent, power, pilot, comparisons } = plan;
  const beyond = marginPercent === 0 ? '' : ` beyond an allowed ${percent(marginPercent)} %`;
  const title = `Rounds that find a difference of ${percent(effectPercent)} %${beyond} with a chance of ${power}, by workflow_e2e:`;
  const grid: Cell[][] = [
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
  const most = Math.max(...comparisons.map(({ rounds }) => rounds));
  const note = `Judged by how the rounds of the pilot scattered: the fewer it had, the rougher. A round took ${formatElapsed(pilot.roundMs)}, ${formatCount(pilot.concurrency, 'round')} at a time; warm-up comes on top.`;
  const blocks = [
    wrap(title, width),
    [fittingText(grid, width, paint)],
    wrap(`For all of them: -n ${most}`, width).map((line) => paint.bold(line)),
    wrap(note, width).map((line) => paint.dim(line)),
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function percent(value: number): string {
  return String(Number(value.toPrecision(3)));
}
