import { tokenChunks, tokensOf } from '../../tokens.ts';
import { builtInCallText } from './built-in-calls.ts';
import type { Speech } from './speech-events.ts';

/** The first `limit` tokens of a speech; the item in which they end is the last. */
export function cutSpeech({ reasoning, text, calls, pace }: Speech, limit: number): Speech {
  let left = limit;
  const take = (whole: string): string => {
    const chunks = tokenChunks(whole).slice(0, left);
    left -= chunks.length;
    return chunks.join('');
  };
  const cut: Omit<Speech, 'calls'> & { calls: Speech['calls'][number][] } = {
    calls: [],
    ...(pace && { pace }),
  };
  if (reasoning !== undefined) cut.reasoning = take(reasoning);
  if (text !== undefined && left > 0) cut.text = take(text);
  for (const call of calls) {
    if (left === 0) break;
    if ('tool' in call) {
      // Such a call can't be sent in part.
      left -= tokensOf(builtInCallText(call));
      if (left < 0) break;
      cut.calls.push(call);
      continue;
    }
    cut.calls.push(
      'input' in call
        ? { ...call, input: take(call.input) }
        : { ...call, arguments: take(call.arguments) },
    );
  }
  return cut;
}
