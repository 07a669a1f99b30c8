import type { UnderLoad } from '../../result/load/schema.ts';
import type { Result } from '../../result/schema.ts';
import type { Chart } from '../blocks/chart.ts';
import { formatDuration } from '../text/figures.ts';

/** The time of a workflow over the rate that was offered, where several were; undefined of other runs. */
export function kneeChart({ load, run }: Result): Chart | undefined {
  const levels = (load?.levels ?? []).filter(({ perSecond }) => perSecond !== null);
  if (load?.knees === undefined || levels.length < 2) return undefined;
  const ascending = levels.toSorted((a, b) => (a.perSecond ?? 0) - (b.perSecond ?? 0));
  const rates = ascending.map(({ perSecond }) => perSecond ?? 0);
  const series = run.options.transports.flatMap((name, index) => {
    const points = ascending.flatMap(({ perSecond, transports }) => {
      const us = transports[name]?.latencyP99Us ?? null;
      return us === null ? [] : [[round(perSecond ?? 0), us] as const];
    });
    return points.length === 0 ? [] : [{ name, series: index, points }];
  });
  if (series.length === 0) return undefined;
  const marks = Object.entries(load.knees).flatMap(([name, { perSecond }]) =>
    perSecond === null
      ? []
      : [{ at: perSecond, text: `${name} keeps up with ${round(perSecond)}/s` }],
  );
  return {
    title: 'Where it no longer keeps up',
    description: 'The 99th percentile of a workflow, from when it was due, over what was offered.',
    unit: 'us',
    axis: 'workflow, p99',
    drawing: {
      shape: 'lines',
      over: 'workflows offered per second',
      place: 'at ',
      ticks: ticksOf(rates),
      series,
      marks,
      ratio: true,
    },
    grid: [
      [{ text: 'offered' }, ...series.flatMap(({ name }) => columnsOf(name))],
      ...ascending.map(({ perSecond, transports }) => [
        { text: `${round(perSecond ?? 0)}/s` },
        ...series.flatMap(({ name }) => cellsOf(transports[name])),
      ]),
    ],
  };
}

function columnsOf(name: string) {
  return [`${name} done`, 'p50', 'p99'].map((text) => ({ text, flush: 'right' as const }));
}

function cellsOf(figures: UnderLoad | undefined) {
  const { completedPerSecond = null, latencyP50Us, latencyP99Us } = figures ?? {};
  return [
    { text: completedPerSecond === null ? '–' : `${round(completedPerSecond)}/s` },
    { text: formatDuration(latencyP50Us) },
    { text: formatDuration(latencyP99Us) },
  ];
}

/** As many of the rates as have room beside each other. */
function ticksOf(rates: readonly number[]): { at: number; text: string }[] {
  const reach = (rates.at(-1) ?? 0) - (rates[0] ?? 0);
  const ticks: { at: number; text: string }[] = [];
  for (const at of rates) {
    const last = ticks.at(-1);
    if (last === undefined || at - last.at > reach / 12)
      ticks.push({ at, text: String(round(at)) });
  }
  return ticks;
}

function round(perSecond: number): number {
  return Number(perSecond.toPrecision(3));
}
