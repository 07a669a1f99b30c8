import cliProgress from 'cli-progress';
import type { RunHooks } from '../app/run.ts';

const SECONDS_BETWEEN_LINES = 5;

/**
 * Live progress on stderr, in steps, with the time left: a bar on a terminal, a line now and then elsewhere.
 * `stop` must be called at the end.
 */
export function createProgress(scenario: string): { hooks: RunHooks; stop: () => void } {
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: `${scenario} {bar} {percentage} % · {value}/{total} steps · {eta_formatted} left`,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    etaBuffer: 200,
    noTTYOutput: true,
    notTTYSchedule: SECONDS_BETWEEN_LINES * 1000,
    fps: 4,
  });
  return {
    hooks: {
      onStart({ workflows, stepsPerWorkflow }) {
        bar.start(workflows * stepsPerWorkflow, 0);
      },
      onStep() {
        bar.increment();
      },
    },
    stop() {
      bar.stop();
    },
  };
}
