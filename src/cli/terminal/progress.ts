import cliProgress from 'cli-progress';
import { MAX_ROUNDS } from '../../app/options/stop.ts';
import type { RunHooks, RunSize } from '../../app/run/hooks.ts';
import type { Precision } from '../../app/run/until.ts';
import { pairOf } from '../../compare/change/pairs.ts';
import { featuredOf } from '../../report/blocks/featured.ts';
import { changeOf } from '../../report/text/figures.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import { median } from '../../stats/percentile.ts';
import { inItsSigns } from './look.ts';
import { createPace, type Pace } from './pace.ts';

const SECONDS_BETWEEN_LINES = 5;
/** How often a bar is drawn. */
const FRAMES_A_SECOND = 4;

/**
 * Live progress on stderr, with what the rounds say so far and the time left: a bar on a terminal, a line now and then
 * elsewhere. `stop` must be called at the end.
 */
export function createProgress(scenario: string): { hooks: RunHooks; stop: () => void } {
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: inItsSigns(
      `${scenario} {bar} {percentage} % · {rounds}{soFar}{precision}{trouble}{left}`,
    ),
    barsize: 16,
    barCompleteChar: inItsSigns('█'),
    barIncompleteChar: inItsSigns('░'),
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    noTTYOutput: true,
    notTTYSchedule: SECONDS_BETWEEN_LINES * 1000,
    fps: FRAMES_A_SECOND,
  });
  const soFar = createEstimate();
  let size: RunSize | undefined;
  let pace: Pace | undefined;
  /** When the first measured round began. */
  let measuredFromMs = Date.now();
  let done = 0;
  let rounds = 0;
  let failed = 0;
  let recovered = 0;
  let precision = '';
  let shownMs = -Infinity;
  /** Only as often as it can be seen: steps end by the hundred, in the process whose time stamps are the measurement. */
  const show = (): void => {
    const nowMs = Date.now();
    if (nowMs - shownMs < 1000 / FRAMES_A_SECOND) return;
    shownMs = nowMs;
    const elapsedMs = nowMs - measuredFromMs;
    bar.update(size === undefined ? 0 : shareDone(size, done, rounds === 0 ? 0 : elapsedMs), {
      rounds: roundText(rounds, size?.rounds),
      soFar: inItsSigns(soFar.text()),
      precision: inItsSigns(precision),
      trouble: inItsSigns(troubleText(failed, recovered)),
      left: inItsSigns(timeLeft(pace?.leftMs(elapsedMs), size?.atMost ?? false)),
    });
  };
  return {
    hooks: {
      onBegin({ header, side }) {
        if (side === undefined) soFar.begin(header.run.options.transports);
      },
      onStart(started) {
        size = started;
        pace = createPace(started);
        measuredFromMs = Date.now();
        bar.start(1, 0, { rounds: 'warm-up', soFar: '', precision, trouble: '', left: '' });
      },
      onStep({ warmup }) {
        done++;
        if (warmup) measuredFromMs = Date.now();
        show();
      },
      onPrecision(reached) {
        precision = precisionText(reached);
        show();
      },
      onWorkflow({ transport, side = '', warmup, record }) {
        const { state, e2eUs, recoveries = [] } = record;
        if (warmup) measuredFromMs = Date.now();
        else if (state !== 'aborted')
          pace?.ended(`${side} ${transport}`, (e2eUs + thoughtUs(record)) / 1000);
        if (state === 'failed') failed++;
        recovered += recoveries.filter(({ action }) => action !== 'give_up').length;
        show();
      },
      onRound({ side, round }) {
        if (side !== 'base') rounds++;
        soFar.add(round.workflows);
        show();
        return undefined;
      },
    },
    stop() {
      // The last steps may have ended since the last frame.
      if (bar.isActive) {
        shownMs = -Infinity;
        show();
      }
      bar.stop();
    },
  };
}

/** The share of a run that is over: of its steps, or of its time where that ends it sooner; a rate's workflows are counted. */
function shareDone(
  { workflows, stepsPerWorkflow, lastsMs = Infinity, turns }: RunSize,
  steps: number,
  elapsedMs: number,
): number {
  const ofSteps = steps / (workflows * stepsPerWorkflow);
  return turns === undefined ? Math.min(1, Math.max(ofSteps, elapsedMs / lastsMs)) : ofSteps;
}

/** `round 3/10`, or `round 3` where only the clock sets an end. */
function roundText(rounds: number, all = MAX_ROUNDS): string {
  return all === MAX_ROUNDS ? `round ${String(rounds)}` : `round ${String(rounds)}/${String(all)}`;
}

/** A user's pauses are not the workflow's time, but they pass. */
function thoughtUs({ steps }: WorkflowRecord): number {
  return steps.reduce((sum, { thinkUs = 0 }) => sum + thinkUs, 0);
}

type Workflows = Parameters<NonNullable<RunHooks['onRound']>>[0]['round']['workflows'];

/** The featured transport against the base, by the rounds that have ended. */
function createEstimate(): {
  begin(transports: readonly string[]): void;
  add(workflows: Workflows): void;
  text(): string;
} {
  const ratios: number[] = [];
  let said = '';
  let featured: ReturnType<typeof featuredOf>;
  return {
    begin(transports) {
      featured = featuredOf(transports);
    },
    add(workflows) {
      if (featured === undefined) return;
      const { base, candidate } = featured;
      const pairs = pairOf(workflows[base], workflows[candidate], 'workflow_e2e');
      ratios.push(...pairs.map(([before, after]) => after / before));
      const ratio = median(ratios);
      if (ratio === undefined) return;
      const percent = Math.round(changeOf(ratio));
      said = ` · ${candidate} ${percent > 0 ? '+' : ''}${String(percent)} %`;
    },
    /** ` · ws -9 %` */
    text: () => said,
  };
}

/** ` · ±3.4 % of ±2 %`: how narrow the intervals are, and are to be. */
function precisionText({ halfWidth, wanted }: Precision): string {
  if (halfWidth === null) return '';
  return ` · ±${(halfWidth * 100).toFixed(1)} % of ±${String(Number((wanted * 100).toPrecision(3)))} %`;
}

/** ` · 2 failed, 3 recovered`, or nothing while nothing happens. */
function troubleText(failed: number, recovered: number): string {
  const parts = [
    ...(failed > 0 ? [`${String(failed)} failed`] : []),
    ...(recovered > 0 ? [`${String(recovered)} recovered`] : []),
  ];
  return parts.length === 0 ? '' : ` · ${parts.join(', ')}`;
}

/** ` · 12 s left`, or nothing as long as nothing can be said. */
function timeLeft(leftMs: number | undefined, atMost: boolean): string {
  if (leftMs === undefined) return '';
  const seconds = Math.ceil(leftMs / 1000);
  const time =
    seconds < 60 ? `${String(seconds)} s left` : `${String(Math.ceil(seconds / 60))} min left`;
  return ` · ${atMost ? 'at most ' : ''}${time}`;
}
