import { createHash } from 'node:crypto';
import { stringOf } from '../../protocol/foreign.ts';
import { isCall, type WireItem } from '../../protocol/items.ts';
import type { StepRecord } from '../../result/record.ts';
import type { ModelTurn } from '../../scenario/script.ts';

/** A deed of the model, without ids: a call or a text. */
export type OutcomeItem =
  | { kind: 'call'; name: string; arguments: string }
  | { kind: 'text'; text: string };

/** The calls and texts among a response's output items. */
export function outcomeOf(output: readonly WireItem[]): OutcomeItem[] {
  return output.flatMap((item): OutcomeItem[] => {
    if (item.type === 'message') return [{ kind: 'text', text: textOf(item['content']) }];
    if (!isCall(item)) return [];
    const given = stringOf(item['arguments'] ?? item['input']);
    return [{ kind: 'call', name: stringOf(item['name']), arguments: given }];
  });
}

/** The places where the model left the script, or its server the API; undefined if they did not. */
export function deviationsOf(
  scripted: ModelTurn,
  outcome: readonly OutcomeItem[],
  output: readonly WireItem[],
): StepRecord['deviations'] {
  const expected = scripted.calls.map((call) => call.name).sort();
  const made = outcome.flatMap((item) => (item.kind === 'call' ? [item.name] : [])).sort();
  const deviations: NonNullable<StepRecord['deviations']> = [];
  if (expected.length > 0 && made.length === 0) deviations.push('no_call');
  else if (expected.length !== made.length) deviations.push('call_count');
  else if (expected.some((name, index) => name !== made[index])) deviations.push('other_call');
  const isNameless = (call: WireItem): boolean => stringOf(call['call_id']) === '';
  if (output.filter(isCall).some(isNameless)) deviations.push('no_call_id');
  if (scripted.text !== undefined && !outcome.some((item) => item.kind === 'text')) {
    deviations.push('no_text');
  }
  return deviations.length === 0 ? undefined : deviations;
}

/** One figure for a whole session's outcome: equal outcomes, equal figures. */
export function outcomeSha256(outcome: readonly OutcomeItem[]): string {
  return createHash('sha256').update(JSON.stringify(outcome)).digest('hex');
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (part as { text?: unknown } | null)?.text)
    .filter((text) => typeof text === 'string')
    .join('');
}
