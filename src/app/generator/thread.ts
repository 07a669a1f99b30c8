/*
 * Entry point of a worker thread that runs sessions: the plan comes with its start, orders come as messages.
 */

import { setMaxListeners } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { trackSpend } from '../options/spend.ts';
import type { FromWorker, StepEnded, ToWorker, WorkerData } from './messages.ts';
import { generateHere } from './this-thread.ts';

/** How often steps that ended are told, in ms: a message for each would cost a part of what is measured. */
const TELL_STEPS_MS = 250;

const { plan, spend } = workerData as WorkerData;
const controller = new AbortController();
// Every session in flight listens, however many there are.
setMaxListeners(0, controller.signal);
const generator = generateHere(plan, {
  spend: spend && trackSpend(spend.limits, spend.memory),
  end: () => {
    tell({ kind: 'limit' });
  },
  signal: controller.signal,
});

let steps: StepEnded[] = [];
setInterval(tellSteps, TELL_STEPS_MS).unref();

parentPort?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'run':
      void run(message);
      break;
    case 'abort':
      controller.abort();
      break;
    case 'stop':
      void stop();
      break;
  }
});
tell({ kind: 'ready' });

async function run({ id, order }: Extract<ToWorker, { kind: 'run' }>): Promise<void> {
  const ended = await generator.runSession(order, (state) => {
    steps.push([id, state]);
  });
  const side = plan.arms[order.arm]?.side ?? 0;
  tellSteps();
  tell({ kind: 'ended', id, ended, refused: [...generator.refused(side)] });
}

async function stop(): Promise<void> {
  tell({ kind: 'stopped', noise: await generator.stop() });
}

function tellSteps(): void {
  if (steps.length === 0) return;
  tell({ kind: 'steps', steps });
  steps = [];
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}
