import type { ResponseLayout } from '../answer/response-layout.ts';
import { stageNames } from '../profile/stages.ts';
import type { Metrics } from './metrics.ts';
import { createHistogram } from './prometheus-histogram.ts';

/** The metrics of what responses take of the server: seconds by stage, and tokens. Returns what counts one. */
export function watchWork({ watch, watchHistogram }: Metrics): (layout: ResponseLayout) => void {
  const stages = stageNames.map((stage) => ({ stage, histogram: createHistogram(BOUNDS_S) }));
  const tokens = { input: 0, processed: 0, output: 0 };
  watchHistogram(
    'stage_seconds',
    'What each stage of a response takes.',
    new Map(stages.map(({ stage, histogram }) => [`stage="${stage}"`, histogram])),
  );
  const counter = (name: string, help: string, read: () => number): void => {
    watch({ name, help, type: 'counter', read });
  };
  counter('input_tokens_total', 'Tokens of all prompts.', () => tokens.input);
  counter(
    'tokens_processed_total',
    'Of these, tokens that had to be rendered, as nothing held spared it.',
    () => tokens.processed,
  );
  counter('output_tokens_total', 'Tokens that responses said.', () => tokens.output);

  return ({ timing, inputTokens, tokensProcessed, outputTokens }) => {
    tokens.input += inputTokens;
    tokens.processed += tokensProcessed;
    tokens.output += outputTokens;
    for (const { stage, histogram } of stages) {
      const ms = timing.stageMs[stage];
      if (ms !== undefined) histogram.observe(ms / 1000);
    }
  };
}

/** From a lookup to a long answer of a slow model. */
const BOUNDS_S = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];
