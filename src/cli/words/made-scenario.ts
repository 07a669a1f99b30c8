import type { MadeScenario } from '../../app/record/make-scenario.ts';
import { formatBytes } from '../../units.ts';
import { seconds } from './turn-table.ts';

/** What there is to say of a scenario that was made of a session, and the command that measures it. */
export function madeScenarioWords(made: MadeScenario, file: string): string {
  const { name, origin, figures, replay, assumed, notes, gain } = made;
  const count = (number: number, word: string) =>
    `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
  const tokens =
    figures.inputTokens === undefined
      ? 'tokens not recorded'
      : `${count(figures.inputTokens, 'token')} in, ${(figures.outputTokens ?? 0).toLocaleString('en')} out`;
  const model =
    figures.modelMs === undefined ? 'model time not recorded' : `model ${seconds(figures.modelMs)}`;
  const pauses =
    figures.pauses === 0
      ? []
      : [
          `  left out  ${count(figures.pauses, 'pause')} of a person, ${seconds(figures.pauseMs)} in all`,
        ];
  return [
    `${name}: ${origin}`,
    `  recorded  ${count(figures.steps, 'step')}, ${count(figures.calls, 'call')}; ${tokens}; ${model}, tools ${seconds(figures.toolMs)}`,
    `  replay    tools ${formatBytes(replay.toolBytes)}, first input ${formatBytes(replay.firstInputBytes)}, context at the end ${formatBytes(replay.lastContextBytes)}; sent in all ${formatBytes(replay.fullHistoryBytes)} with the full history, ${formatBytes(replay.incrementalBytes)} without`,
    ...pauses,
    ...assumed.map((each) => `  assumed   ${each}`),
    ...notes.map((each) => `  note      ${each}`),
    ...gain.map((each) => `  estimate  ${each}`),
    ...(file === '-'
      ? []
      : [
          `  written   ${file}`,
          `  estimate  agent-latency-bench estimate ${fileWord(file)} --rtt <your round trip>`,
          `  measure   agent-latency-bench run ${fileWord(file)}`,
        ]),
  ].join('\n');
}

/** As a shell takes it; a bare name could be that of a built-in scenario. */
function fileWord(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}
