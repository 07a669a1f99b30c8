import {
  type Attribution,
  type BreakEven,
  type Rung,
  type TimePart,
  timeParts,
} from '../../result/attribution.ts';
import type { Result } from '../../result/schema.ts';
import { DASH, formatCount, formatDuration, plainMs, signed } from '../text/figures.ts';
import { gainLabels, partLabels } from '../text/time-labels.ts';
import type { Cell } from './block.ts';

/** The heading above where the time went. */
export const attributionTitle = 'Where the time went';

/** A part below this share of the slowest arm, on every arm, is put together with the others of its kind. */
const SHOWN_SHARE = 0.005;

type Arm = Attribution['arms'][string];

interface Line {
  label: string;
  us: (arm: Arm) => number;
}

/**
 * A row for each part of a workflow's time and a column for each arm, down to the whole; the last column is what changed
 * from the base to WebSocket. The bars are to one scale. Empty if nothing can be said.
 */
export function attributionGrid({ attribution, run }: Result): Cell[][] {
  if (attribution === null) return [];
  const arms = run.options.transports.flatMap((name) => {
    const arm = attribution.arms[name];
    return arm === undefined ? [] : [{ name, arm }];
  });
  const lines: Line[] = [
    ...linesOf(attribution).lines,
    { label: 'workflow', us: ({ e2eUs }) => e2eUs },
  ];
  const longestUs = Math.max(...arms.map(({ arm }) => arm.e2eUs));
  const [base] = arms;
  const candidate = arms.find(({ name }) => name === 'ws') ?? arms.at(-1);
  const changes = base !== undefined && candidate !== undefined && candidate !== base;
  return [
    [
      { text: 'mean in ms' },
      ...arms.map(({ name }) => ({ text: name })),
      ...(changes ? [{ text: `${candidate.name} vs ${base.name}` }] : []),
    ],
    ...lines.map(({ label, us }) => [
      { text: label },
      ...arms.map(({ arm }) => barCell(us(arm), longestUs)),
      ...(changes ? [{ text: signed(us(candidate.arm) - us(base.arm), plainMs) }] : []),
    ]),
  ];
}

/** The legend of the parts, for below them. */
export function attributionNote(
  attribution: Attribution,
  { declaring, silent }: { declaring: readonly string[]; silent: readonly string[] },
): string {
  const { rounds, serverStages } = attribution;
  const { others } = linesOf(attribution);
  const unsaid =
    declaring.length === 0
      ? 'The server does not declare its stages'
      : `The server declares its stages over ${declaring.join(', ')}, but not, or not in every step, over ${silent.join(', ')}`;
  const stages: Readonly<Record<Attribution['serverStages'], string>> = {
    declared:
      'Server and model: as the server declares. Undeclared: the rest of the time from request to answer, the network included.',
    undeclared: `${unsaid}, so waiting and streaming hold its work and the network together.`,
    contradicted:
      'The server declares more time than passed, so its stages are not used: waiting and streaming hold its work and the network together.',
  };
  return [
    `Means per workflow over ${formatCount(rounds, 'round')}, which add up, unlike medians.`,
    stages[serverStages],
    ...(others.length === 0
      ? []
      : [`Other: ${others.map((part) => partLabels[part]).join(', ')}.`]),
  ].join(' ');
}

/** The ladder, what stands beside it, and from which step on WebSocket is ahead: a line each. */
export function attributionLines({ ladder, branches, breakEven }: Attribution): string[] {
  const [first, ...more] = ladder;
  const last = more.at(-1);
  const totalUs = ladder.reduce((sum, { changeUs }) => sum + changeUs, 0);
  return [
    ...ladder.map(rungLine),
    ...(first && last ? [`${first.from} → ${last.to}, together: ${signedDuration(totalUs)}`] : []),
    ...branches.map((rung) => `beside it, ${rungLine(rung)}`),
    ...breakEven.map(breakEvenLine),
  ];
}

function linesOf({ arms }: Attribution): { lines: Line[]; others: TimePart[] } {
  const all = Object.values(arms);
  const shownFromUs = SHOWN_SHARE * Math.max(...all.map(({ e2eUs }) => e2eUs));
  const largestUs = (part: TimePart): number =>
    Math.max(...all.map(({ parts }) => Math.abs(parts[part] ?? 0)));
  const shown = timeParts.filter((part) => largestUs(part) >= shownFromUs && largestUs(part) > 0);
  const others = timeParts.filter((part) => largestUs(part) > 0 && !shown.includes(part));
  const lines = shown.map(
    (part): Line => ({ label: partLabels[part], us: ({ parts }) => parts[part] ?? 0 }),
  );
  const other: Line = {
    label: 'other',
    us: ({ parts }) => others.reduce((sum, part) => sum + (parts[part] ?? 0), 0),
  };
  return { lines: others.length === 0 ? lines : [...lines, other], others };
}

function barCell(us: number, longestUs: number): Cell {
  return us === 0 ? { text: DASH } : { text: plainMs(us), bar: Math.max(0, us) / longestUs };
}

function rungLine({ from, to, gains, changeUs, interval }: Rung): string {
  const gained = gains.map((gain) => gainLabels[gain]).join(', ');
  const range = interval
    ? `95 % interval ${signedDuration(interval.lower)} to ${signedDuration(interval.upper)}`
    : 'too few rounds for an interval';
  return `${from} → ${to}, ${gained}: ${signedDuration(changeUs)} (${range})`;
}

function breakEvenLine({ base, candidate, steps, fromStep, ...rest }: BreakEven): string {
  const { firstStepUs, interval } = rest;
  const start = `after the first step it is ${formatDuration(Math.abs(firstStepUs))} ${firstStepUs < 0 ? 'ahead' : 'behind'}`;
  const range = interval ? rangeText(interval) : 'too few rounds for an interval';
  return fromStep === null
    ? `${candidate} is not ahead of ${base} within ${formatCount(steps, 'step')} (${range}); ${start}.`
    : `${candidate} is ahead of ${base} from step ${fromStep} on (${range}); ${start}.`;
}

/** Where both ends are the same there is one thing to say. */
function rangeText({ lower, upper }: NonNullable<BreakEven['interval']>): string {
  if (lower === null && upper === null) return 'nor at either end of the 95 % interval';
  if (lower === upper) return `95 % interval: ${stepText(lower)} alone`;
  return `95 % interval: ${stepText(lower)} to ${stepText(upper)}`;
}

function stepText(step: number | null): string {
  return step === null ? 'never' : `step ${step}`;
}

function signedDuration(us: number): string {
  return signed(us, formatDuration);
}
