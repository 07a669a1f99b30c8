import type { Result } from '../../result/schema.ts';
import { formatCount } from '../text/figures.ts';

const stopReasons: Readonly<Record<NonNullable<Result['run']['stopReason']>, string>> = {
  interrupted: 'interrupted',
  request_limit: 'stopped by --max-requests',
  token_limit: 'stopped by --max-tokens',
  threshold: 'stopped by a threshold',
  error: 'stopped by an error',
  killed: 'killed; these are the rounds that had ended',
  shards_missing: 'merged without all its shards,',
};

/** First lines of every report: that the run is incomplete, if so; then what was run. */
export function headlines(result: Result): { incomplete: string | undefined; title: string } {
  const { run, tool } = result;
  const endpoint =
    run.endpoint.kind === 'mock'
      ? `bundled mock, profile ${run.endpoint.profile?.name ?? 'unknown'}`
      : run.endpoint.url;
  return {
    incomplete: run.complete ? undefined : incompleteText(result),
    title: `${run.scenario.name} · ${formatCount(run.scenario.steps, 'step')} · ${formatCount(finishedRounds(result), 'round')} · ${endpoint} · ${tool.name} ${tool.version}`,
  };
}

/** All that there is to say of a run of which no round was measured; undefined of others. */
export function nothingMeasured(result: Result): string | undefined {
  const { rounds, run } = result;
  if (rounds.some(({ workflows }) => Object.keys(workflows).length > 0)) return undefined;
  return `${incompleteText(result)}: nothing of ${run.scenario.name} was measured`;
}

function incompleteText(result: Result): string {
  const { stopReason, options } = result.run;
  const reason = stopReason === undefined ? 'stopped early' : stopReasons[stopReason];
  const most = result.run.stop === undefined ? '' : 'at most ';
  return `INCOMPLETE: ${reason} after ${finishedRounds(result)} of ${most}${formatCount(options.iterations, 'round')}`;
}

/** Rounds in which every transport had its turn to the end. */
function finishedRounds({ run, rounds }: Result): number {
  return rounds.filter((round) =>
    run.options.transports.every((name) => {
      const state = round.workflows[name]?.state;
      return state !== undefined && state !== 'aborted';
    }),
  ).length;
}
