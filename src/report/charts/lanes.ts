import { completedOf, workflowsOf } from '../../result/query.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { type Span, spanKinds, spansOf } from '../../result/spans.ts';
import type { Chart } from '../blocks/chart.ts';
import { DASH, formatDuration } from '../text/figures.ts';
import { spanLabels } from '../text/span-labels.ts';

/** The workflow of median length of every transport, from its first request to its end; undefined where none completed. */
export function lanesChart(result: Result): Chart | undefined {
  const lanes = result.run.options.transports.flatMap((name) => {
    const typical = typicalOf(completedOf(workflowsOf(name, result.rounds)));
    return typical === undefined ? [] : [{ name, all: spansOf(typical) }];
  });
  if (lanes.length === 0) return undefined;
  const kinds = spanKinds.filter((kind) =>
    lanes.some(({ all }) => all.some((span) => span.kind === kind)),
  );
  const sumUs = (all: readonly Span[], kind: string): number =>
    all.reduce((us, span) => us + (span.kind === kind ? span.toUs - span.fromUs : 0), 0);
  return {
    title: 'A typical workflow',
    description:
      'The workflow of median length of every transport: what the session did, one after another.',
    unit: 'us',
    axis: 'since its beginning',
    drawing: {
      shape: 'lanes',
      kinds: kinds.map((kind) => ({ kind: spanKinds.indexOf(kind), name: spanLabels[kind] })),
      lanes: lanes.map(({ name, all }) => ({
        name,
        spans: all.map(({ kind, step, fromUs, toUs }) => ({
          kind: spanKinds.indexOf(kind),
          from: fromUs,
          to: toUs,
          text: `step ${step + 1}, ${spanLabels[kind]}: ${formatDuration(toUs - fromUs)}`,
        })),
      })),
    },
    grid: [
      [{ text: 'time in' }, ...lanes.map(({ name }) => ({ text: name, flush: 'right' as const }))],
      ...kinds.map((kind) => [
        { text: spanLabels[kind] },
        ...lanes.map(({ all }) => {
          const us = sumUs(all, kind);
          return { text: us === 0 ? DASH : formatDuration(us) };
        }),
      ]),
    ],
  };
}

/** The one in the middle; of two, the shorter. */
function typicalOf(workflows: readonly WorkflowRecord[]): WorkflowRecord | undefined {
  const ascending = [...workflows].sort((a, b) => a.e2eUs - b.e2eUs);
  return ascending[Math.floor((ascending.length - 1) / 2)];
}
