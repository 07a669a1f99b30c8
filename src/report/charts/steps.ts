import type { BreakEven } from '../../result/attribution.ts';
import { completedOf, workflowsOf } from '../../result/query.ts';
import type { StepRecord, WorkflowRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { median } from '../../stats/percentile.ts';
import { formatBytes } from '../../units.ts';
import type { Grid } from '../blocks/block.ts';
import type { Chart, Lines } from '../blocks/chart.ts';
import { DASH, formatDuration, formatShare } from '../text/figures.ts';
import { thinned } from './thinned.ts';

type Series = Lines['series'];

/** Of more steps than this some are left out. */
const SHOWN_STEPS = 50;

/** The median time of every step, a line for each transport; undefined where no workflow completed. */
export function stepTimesChart(result: Result): Chart | undefined {
  return stepsChart(result, {
    title: 'Time of each step',
    about: 'The median time of every model call, tools left out',
    unit: 'us',
    format: formatDuration,
    axis: 'median',
    of: ({ durationUs }) => durationUs,
    ratio: true,
  });
}

/** The median bytes that every step sent, a line for each transport; undefined where no workflow completed. */
export function stepBytesChart(result: Result): Chart | undefined {
  return stepsChart(result, {
    title: 'Bytes sent by each step',
    about: 'The median bytes of every request, TLS and framing included',
    unit: 'bytes',
    format: formatBytes,
    axis: 'median',
    of: ({ bytesSent }) => bytesSent,
    ratio: true,
  });
}

/**
 * The share of every step's input that the endpoint found in its prompt cache, a line for each transport; undefined where
 * it tells of none.
 */
export function stepCachedChart(result: Result): Chart | undefined {
  const told = result.run.options.transports.some((name) =>
    workflowsOf(name, result.rounds).some(({ counters }) => counters.cached_tokens > 0),
  );
  if (!told) return undefined;
  return stepsChart(result, {
    title: 'Cached share of each step',
    about:
      'The median share of the input that the endpoint found in its prompt cache, not the connection’s',
    unit: 'share',
    format: formatShare,
    axis: 'median',
    of: ({ inputTokens, cachedTokens }) =>
      inputTokens && cachedTokens !== null ? cachedTokens / inputTokens : null,
    ratio: false,
  });
}

/**
 * How far WebSocket mode is ahead after every step, a line for each base, with the step from which on it stays ahead;
 * undefined where nothing is known of a break-even.
 */
export function leadChart({ attribution, rounds, run }: Result): Chart | undefined {
  const known = attribution?.breakEven ?? [];
  const series = known.flatMap(({ base, candidate }): Series => {
    const pairs = rounds.flatMap(({ workflows }) => {
      const [before, after] = [workflows[base], workflows[candidate]];
      return before?.state === 'completed' && after?.state === 'completed'
        ? [[totals(before), totals(after)] as const]
        : [];
    });
    const steps = pairs.flat().reduce((least, { length }) => Math.min(least, length), Infinity);
    if (!Number.isFinite(steps) || steps === 0) return [];
    const lead = (step: number): number => {
      const leads = pairs.map(([before, after]) => (before[step] ?? 0) - (after[step] ?? 0));
      return median(leads.sort((a, b) => a - b)) ?? 0;
    };
    const points = Array.from({ length: steps }, (_, step) => [step + 1, lead(step)] as const);
    return [
      {
        name: `ahead of ${base}`,
        series: run.options.transports.indexOf(base),
        points: thinned(points, SHOWN_STEPS),
      },
    ];
  });
  const [first] = known;
  if (first === undefined || series.length === 0) return undefined;
  const said = known.map(({ base, fromStep }) =>
    fromStep === null
      ? `not ahead of ${base} in the end`
      : `ahead of ${base} from step ${fromStep} on`,
  );
  return linesChart(
    {
      title: `How far ${first.candidate} is ahead`,
      about: `Time saved so far, tools left out: ${first.candidate} is ${said.join('; ')}`,
      unit: 'us',
      format: formatDuration,
      axis: 'saved so far',
      ratio: false,
    },
    series,
    marksOf(known),
  );
}

/** One where several bases are overtaken at the same step. */
function marksOf(known: readonly BreakEven[]): Lines['marks'] {
  const steps = new Set(known.flatMap(({ fromStep }) => fromStep ?? []));
  return [...steps].map((at) => {
    const bases = known.filter(({ fromStep }) => fromStep === at).map(({ base }) => base);
    return { at, text: `break-even with ${bases.join(' and ')}` };
  });
}

interface Figure {
  title: string;
  about: string;
  unit: Chart['unit'];
  format: (value: number) => string;
  axis: string;
  ratio: boolean;
}

function stepsChart(
  result: Result,
  { of, ...figure }: Figure & { of: (step: StepRecord) => number | null },
): Chart | undefined {
  const series = result.run.options.transports.flatMap((name, index): Series => {
    const workflows = completedOf(workflowsOf(name, result.rounds));
    const steps = workflows.reduce((most, { steps }) => Math.max(most, steps.length), 0);
    const points = Array.from({ length: steps }, (_, step) => step).flatMap((step) => {
      const values = workflows.flatMap(({ steps }) => {
        const one = steps[step];
        return (one?.state === 'completed' ? of(one) : null) ?? [];
      });
      const middle = median(values.sort((a, b) => a - b));
      return middle === undefined ? [] : [[step + 1, middle] as const];
    });
    return points.length === 0
      ? []
      : [{ name, series: index, points: thinned(points, SHOWN_STEPS) }];
  });
  return series.length === 0 ? undefined : linesChart(figure, series, []);
}

function linesChart(figure: Figure, series: Series, marks: Lines['marks']): Chart {
  const { title, about, unit, format, axis, ratio } = figure;
  const drawn = series.flatMap(({ points }) => points.map(([at]) => at));
  const [first, last] = [Math.min(...drawn), Math.max(...drawn)];
  const pace = Math.max(1, Math.ceil((last - first + 1) / 12));
  const ticks = Array.from({ length: last - first + 1 }, (_, step) => first + step)
    .filter((step) => step === first || step % pace === 0)
    .map((at) => ({ at, text: String(at) }));
  return {
    title,
    description: `${about}.`,
    unit,
    axis,
    drawing: { shape: 'lines', over: 'step', place: 'step ', ticks, series, marks, ratio },
    grid: gridOf(series, format),
  };
}

function gridOf(series: Series, format: (value: number) => string): Grid {
  const columns = series.map(({ points }) => new Map(points));
  const steps = new Set(columns.flatMap((column) => [...column.keys()]));
  return [
    [{ text: 'step' }, ...series.map(({ name }) => ({ text: name, flush: 'right' as const }))],
    ...[...steps]
      .sort((a, b) => a - b)
      .map((step) => [
        { text: String(step) },
        ...columns.map((column) => {
          const value = column.get(step);
          return { text: value === undefined ? DASH : format(value) };
        }),
      ]),
  ];
}

/** The time of a workflow's calls after each of them. */
function totals({ steps }: WorkflowRecord): number[] {
  let totalUs = 0;
  return steps.map(({ durationUs }) => {
    totalUs += durationUs;
    return totalUs;
  });
}
