import type { Result } from '../../result/schema.ts';
import type { Grid } from '../blocks/block.ts';
import type { Chart, Waterfall } from '../blocks/chart.ts';
import type { Difference } from '../blocks/difference.ts';
import { formatDuration, signed } from '../text/figures.ts';
import { gainLabels } from '../text/time-labels.ts';

/** A difference between two transports by the parts of a workflow's time. */
export function partsChart(result: Result, { base, candidate, parts, whole }: Difference): Chart {
  const { transports } = result.run.options;
  const drawing: Waterfall = {
    shape: 'waterfall',
    from: { name: base, value: whole.baseUs, series: transports.indexOf(base) },
    changes: parts.map(({ label, changeUs }) => ({ name: label, value: changeUs })),
    to: { name: candidate, value: whole.candidateUs, series: transports.indexOf(candidate) },
  };
  return waterfallChart(`From ${base} to ${candidate}, by parts of the time`, drawing);
}

/** The ladder from the first arm to the last, one change after another; undefined where fewer than two of its arms ran. */
export function ladderChart({ attribution, run }: Result): Chart | undefined {
  const [first] = attribution?.ladder ?? [];
  const last = attribution?.ladder.at(-1);
  if (!attribution || first === undefined || last === undefined) return undefined;
  const whole = (name: string): Waterfall['from'] => ({
    name,
    value: attribution.arms[name]?.e2eUs ?? 0,
    series: run.options.transports.indexOf(name),
  });
  return waterfallChart(`From ${first.from} to ${last.to}, one advantage after another`, {
    shape: 'waterfall',
    from: whole(first.from),
    changes: attribution.ladder.map(({ to, gains, changeUs }) => ({
      name: `${to}: ${gains.map((gain) => gainLabels[gain]).join(', ')}`,
      value: changeUs,
    })),
    to: whole(last.to),
  });
}

function waterfallChart(title: string, drawing: Waterfall): Chart {
  const { from, to } = drawing;
  return {
    title,
    description: `${from.name} takes ${formatDuration(from.value)}, ${to.name} ${formatDuration(to.value)}; what lies between, one after another.`,
    unit: 'us',
    axis: 'mean per workflow',
    drawing,
    grid: gridOf(drawing),
  };
}

function gridOf({ from, changes, to }: Waterfall): Grid {
  return [
    [{ text: 'part' }, { text: 'mean per workflow', flush: 'right' }],
    [{ text: from.name }, { text: formatDuration(from.value) }],
    ...changes.map(({ name, value }) => [{ text: name }, { text: signed(value, formatDuration) }]),
    [{ text: to.name }, { text: formatDuration(to.value) }],
  ];
}
