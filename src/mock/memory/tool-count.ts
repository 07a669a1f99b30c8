import type { WireItem } from '../../protocol/items.ts';

/** The text that `tool-loop` says at its end, or when it is asked to sum up. */
export function toolCountText(toolOutputs: number): string {
  return `Done after ${toolOutputs} tool outputs.`;
}

/**
 * The count that a message tells: a client that compacts its history by itself replaces what it drops by what the
 * model said of it.
 */
export function readToolCount({ type = 'message', content }: WireItem): number {
  if (type !== 'message') return 0;
  if (typeof content === 'string') return countIn(content);
  if (!Array.isArray(content)) return 0;
  return Math.max(
    0,
    ...content.map((part: { text?: unknown } | null) => {
      return typeof part?.text === 'string' ? countIn(part.text) : 0;
    }),
  );
}

function countIn(text: string): number {
  if (!text.includes('Done after ')) return 0;
  const counts = [...text.matchAll(/Done after (\d{1,6}) tool outputs\./g)];
  return Math.max(0, ...counts.map(([, count]) => Number(count)));
}
