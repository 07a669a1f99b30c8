import cliProgress from 'cli-progress';
import type { RunHooks } from '../../app/run/hooks.ts';
import type { Precision } from '../../app/run/until.ts';

const SECONDS_BETWEEN_LINES = 5;

/**
 * Live progress on stderr, in steps, with the time left: a bar on a terminal, a line now and then elsewhere.
 * `stop` must be called at the end.
 */
export function createProgress(scenario: string): { hooks: RunHooks; stop: () => void } {
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: `${scenario} {bar} {percentage} % · {value}/{total} steps{precision}{trouble} · {left}`,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    noTTYOutput: true,
    notTTYSchedule: SECONDS_BETWEEN_LINES * 1000,
    fps: 4,
  });
  let startMs = 0;
  let total = 0;
  let done = 0;
  let failed = 0;
  let recovered = 0;
  let left = 'starting';
  let precision = '';
  let most = '';
  const show = (): void => {
    bar.update(done, { left, precision, trouble: troubleText(failed, recovered) });
  };
  return {
    hooks: {
      onStart({ workflows, stepsPerWorkflow, atMost }) {
        startMs = Date.now();
        total = workflows * stepsPerWorkflow;
        most = atMost ? 'at most ' : '';
        bar.start(total, 0, { left, precision, trouble: '' });
      },
      onStep() {
        done++;
        left = most + timeLeft(done, total, Date.now() - startMs);
        show();
      },
      onPrecision(reached) {
        precision = precisionText(reached);
        show();
      },
      onWorkflow({ record: { state, recoveries = [] } }) {
        if (state === 'failed') failed++;
        recovered += recoveries.filter(({ action }) => action !== 'give_up').length;
        show();
      },
    },
    stop() {
      bar.stop();
    },
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

/** Steps differ, so a mean over all that is done says more than the pace of the last few. */
function timeLeft(done: number, total: number, elapsedMs: number): string {
  const seconds = Math.ceil(((elapsedMs / done) * (total - done)) / 1000);
  return seconds < 60 ? `${String(seconds)} s left` : `${String(Math.ceil(seconds / 60))} min left`;
}
