import type { Conditions, Estimate, EstimatedChange } from '../estimate/estimate.ts';
import type { Axes } from '../estimate/points.ts';
import type { Requirement } from '../estimate/requirements.ts';
import { timeParts } from '../result/attribution.ts';
import { formatBytes, formatMs } from '../units.ts';
import type { Cell, Grid, Page } from './blocks/block.ts';
import { requirementsSection } from './requirements-page.ts';
import { DASH, formatChange, formatDuration } from './text/figures.ts';
import { partLabels } from './text/time-labels.ts';

/** What would have to be true for a change to be had, a share. */
export interface AskedTarget {
  target: number;
  required: readonly Requirement[];
}

/** The page of estimates under the same conditions: the arms of each, and where the time goes if there is only one. */
export function estimatePage(
  estimates: readonly [Estimate, ...Estimate[]],
  asked?: AskedTarget,
): Page {
  const [first, ...others] = estimates;
  return [
    [{ kind: 'text', lines: [titleOf(estimates)], style: 'plain' }],
    [{ kind: 'grid', grid: armsGrid(estimates) }],
    ...(others.length > 0
      ? []
      : ([
          [
            { kind: 'heading', level: 2, text: 'Where the time goes' },
            { kind: 'grid', grid: partsGrid(first) },
          ],
        ] satisfies Page)),
    ...(asked === undefined ? [] : [requirementsSection(asked.required, asked.target)]),
    [{ kind: 'note', text: NOTE }],
  ];
}

/** What a reader of an estimate should know. */
const NOTE =
  'Reckoned, nothing was sent: the link’s model, the profile’s times and the very bytes of the scenario. Our own work isn’t in it (a run shows it as “our own work” and in “undeclared”): 1 to 4 ms a step, which counts on loopback with a quick profile and is lost in a path of 40 ms. What a profile draws stands for its mean; the link’s jitter is drawn from the seed, not the same draws as a run’s.';

function titleOf(estimates: readonly [Estimate, ...Estimate[]]): string {
  const [{ scenario, steps, conditions }, ...others] = estimates;
  const what =
    others.length === 0 ? `${scenario}, ${steps} steps` : `${estimates.length} scenarios`;
  return `Estimate of ${what}: ${conditionsText(conditions)}`;
}

/**
 * The conditions in a line: `profile fast, round trip 40 ms, slow start, TLS, tool waits × 0.1`.
 * @param axes of a map: what differs from place to place goes unsaid
 */
export function conditionsText(
  { profile, link, tls, toolTimeFactor, sessions }: Conditions,
  axes: Axes = {},
): string {
  return [
    ...(axes.profile === undefined ? [`profile ${profile.name}`] : []),
    ...linkTexts(link, axes.rttMs === undefined),
    tls ? 'TLS' : 'no TLS',
    toolTimeFactor === 1 ? 'tool waits as scripted' : `tool waits × ${toolTimeFactor}`,
    ...(sessions === 1 ? [] : [`the middle one of ${sessions.toLocaleString('en-US')} sessions`]),
  ].join(', ');
}

function linkTexts(link: Conditions['link'], saysRoundTrip: boolean): string[] {
  if (link === undefined) return saysRoundTrip ? ['no link between'] : [];
  const { rttMs, bandwidthBitsPerSecond: bandwidth, jitterMs, slowStart, idleRestart } = link;
  return [
    ...(saysRoundTrip ? [`round trip ${rttMs} ms`] : []),
    ...(bandwidth === null ? [] : [`${bandwidth / 1e6} Mbps`]),
    ...(jitterMs === 0 ? [] : [`jitter ${jitterMs} ms`]),
    slowStart ? 'slow start' : 'no slow start',
    ...(idleRestart === false ? ['no loss of window in pauses'] : []),
  ];
}

function armsGrid(estimates: readonly [Estimate, ...Estimate[]]): Grid {
  const bases = [...new Set(estimates.flatMap(({ changes }) => changes.map(({ base }) => base)))];
  const several = estimates.length > 1;
  return [
    [
      ...(several ? [{ text: 'scenario' }] : []),
      ...['transport', 'workflow', ...(several ? [] : ['sent'])].map((text) => ({ text })),
      ...bases.flatMap((base) => [{ text: `vs ${base}` }, { text: 'ahead from' }]),
    ],
    ...estimates.flatMap((estimate) =>
      Object.entries(estimate.arms).map(([name, arm], index) => [
        ...(several ? [{ text: index === 0 ? estimate.scenario : '' }] : []),
        { text: name },
        { text: formatDuration(arm.e2eUs) },
        ...(several ? [] : [{ text: formatBytes(arm.bytesSent) }]),
        ...bases.flatMap((base) => changeCells(estimate, base, name)),
      ]),
    ),
  ];
}

function changeCells({ changes }: Estimate, base: string, candidate: string): [Cell, Cell] {
  const change = changes.find((each) => each.base === base && each.candidate === candidate);
  if (change === undefined) return [{ text: DASH }, { text: DASH }];
  const { changePercent, fromStep } = change;
  return [
    { text: formatChange(changePercent), ...toneOf(change) },
    { text: fromStep === null ? 'never' : `step ${fromStep}` },
  ];
}

function toneOf({ changePercent }: EstimatedChange): Pick<Cell, 'tone'> {
  if (Math.abs(changePercent) < 0.05) return {};
  return { tone: changePercent < 0 ? 'better' : 'worse' };
}

/** A row for each part that is not 0 on every arm, down to the whole. */
function partsGrid(estimate: Estimate): Grid {
  const arms = Object.entries(estimate.arms);
  const longestUs = Math.max(...arms.map(([, { e2eUs }]) => e2eUs));
  const cellOf = (us: number): Cell =>
    us === 0
      ? { text: DASH }
      : { text: formatMs(us).replace(/ ms$/, ''), bar: Math.max(0, us) / longestUs };
  const shown = timeParts.filter((part) =>
    arms.some(([, { parts }]) => (parts[part] ?? 0) >= SHOWN_SHARE * longestUs),
  );
  return [
    [{ text: 'in ms' }, ...arms.map(([name]) => ({ text: name }))],
    ...shown.map((part) => [
      { text: part === 'undeclared' ? 'download, slow start' : partLabels[part] },
      ...arms.map(([, { parts }]) => cellOf(parts[part] ?? 0)),
    ]),
    [{ text: 'workflow' }, ...arms.map(([, { e2eUs }]) => cellOf(e2eUs))],
  ];
}

const SHOWN_SHARE = 0.0005;
