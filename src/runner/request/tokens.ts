import type { InputItem } from '../../protocol/items.ts';
import { readBytes } from '../../protocol/read-bytes.ts';
import type { CreateRequest } from '../../protocol/request.ts';
import { tokensIn } from '../../tokens.ts';

/** Tokens of a request as we count them, 4 bytes of what the model reads each: the JSON around texts is left out, that of tools isn't. */
export interface RequestTokens {
  /** That it carries. */
  sent: number;
  /** Of the whole prompt, also where the server has most of it already. */
  prompt: number;
}

/**
 * A count of the tokens of a conversation's requests. Each item is looked at once, however often it is sent.
 * @param history live: a request that refers to a response carries its end, any other its beginning
 */
export function createTokenCount(
  history: readonly InputItem[],
): (request: CreateRequest) => RequestTokens {
  /** Bytes of so many items from the beginning. */
  const upTo = [0];
  let toolBytes: number | undefined;

  return ({ instructions = '', tools, input, previous_response_id: previousId }) => {
    for (const item of history.slice(upTo.length - 1)) {
      upTo.push((upTo.at(-1) ?? 0) + readBytes({ ...item }));
    }
    const all = upTo[history.length] ?? 0;
    const carried =
      previousId === undefined
        ? (upTo[input.length] ?? 0)
        : all - (upTo[history.length - input.length] ?? 0);
    if (tools !== undefined) toolBytes ??= Buffer.byteLength(JSON.stringify(tools));
    const standing = Buffer.byteLength(instructions) + (tools === undefined ? 0 : (toolBytes ?? 0));
    const sent = tokensIn(standing + carried);
    return { sent, prompt: previousId === undefined ? sent : tokensIn(standing + all) };
  };
}
