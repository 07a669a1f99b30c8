import { countOf, stringOf } from '../../protocol/foreign.ts';

/**
 * What is out of order among the events of an answer, in a few words: created first, every item added before anything is
 * said of it and done after, a terminal event last. Undefined if nothing is; events that aren't the response's are overlooked.
 */
export function lifeCycleFault(all: readonly Record<string, unknown>[]): string | undefined {
  const events = all.filter(({ type }) => stringOf(type).startsWith('response.'));
  const types = events.map(({ type }) => stringOf(type));
  const [first = 'nothing'] = types;
  if (!/^response\.(created|queued)$/.test(first)) return `${first} comes first`;
  const last = types.at(-1) ?? '';
  if (!terminal.test(last)) return `${last} comes last`;
  if (types.filter((type) => terminal.test(type)).length > 1) return 'more than one terminal event';
  const open = new Set<number>();
  const seen = new Set<number>();
  for (const [index, event] of events.entries()) {
    const item = countOf(event['output_index']);
    const type = types[index] ?? '';
    if (item === undefined) continue;
    if (type === 'response.output_item.added') {
      open.add(item);
      seen.add(item);
    } else if (!open.has(item)) return `${type} of an item that is not under way`;
    else if (type === 'response.output_item.done') open.delete(item);
  }
  if (seen.size === 0 && saysSomething(events.at(-1))) return 'no output_item.added';
  return open.size > 0 ? 'an item without output_item.done' : undefined;
}

const terminal = /^response\.(completed|incomplete|failed|cancelled)$/;

function saysSomething(event: Record<string, unknown> | undefined): boolean {
  const response = event?.['response'] as { output?: unknown[] } | undefined;
  return (response?.output?.length ?? 0) > 0;
}
