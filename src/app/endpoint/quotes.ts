/** A text without the passages that it quotes from others. */
export type Unquote = (text: string) => string;

/** A text is quoted as a whole if it is at least so long, in characters. */
const WHOLE = 8;
/** A passage of a longer text is a quotation if it is so long. */
const PASSAGE = 3 * WHOLE;

/** A place in a text that may be quoted. */
interface Place {
  text: string;
  at: number;
}

/** Of a block that stands in many places no more are looked at. */
const PLACES = 4;

/**
 * An {@link Unquote} that knows what was sent: as it is or escaped as in JSON, whole or cut off anywhere. What it looks things up
 * in is made when it is first asked, for most runs never ask.
 */
export function unquoteOf(sent: readonly string[]): Unquote {
  let blocks: Map<string, Place[]> | undefined;
  const forms = (): string[] =>
    sent.flatMap((text) => [...new Set([text, JSON.stringify(text).slice(1, -1)])]);

  return (text) => {
    blocks ??= blocksOf(forms());
    let clean = '';
    let done = 0;
    for (let at = 0; at + WHOLE <= text.length; at++) {
      const places = blocks.get(text.slice(at, at + WHOLE)) ?? [];
      const quotation = quotationAt(text, at, done, places);
      if (quotation === undefined) continue;
      clean += `${text.slice(done, quotation.from)}***`;
      done = quotation.to;
      at = quotation.to - 1;
    }
    return clean + text.slice(done);
  };
}

/** Every text cut into blocks: a passage that is long enough holds one of them, wherever it begins. */
function blocksOf(texts: readonly string[]): Map<string, Place[]> {
  const blocks = new Map<string, Place[]>();
  for (const text of texts) {
    for (let at = 0; at + WHOLE <= text.length; at += WHOLE) {
      const block = text.slice(at, at + WHOLE);
      const places = blocks.get(block);
      if (places === undefined) blocks.set(block, [{ text, at }]);
      else if (places.length < PLACES) places.push({ text, at });
    }
  }
  return blocks;
}

/** The longest quotation round a block at `at`, if there is one. */
function quotationAt(
  text: string,
  at: number,
  done: number,
  places: readonly Place[],
): { from: number; to: number } | undefined {
  let longest: { from: number; to: number } | undefined;
  for (const place of places) {
    let before = 0;
    while (at - before > done && text[at - before - 1] === place.text[place.at - before - 1]) {
      before++;
    }
    let after = WHOLE;
    while (at + after < text.length && text[at + after] === place.text[place.at + after]) after++;
    const length = before + after;
    if (length < Math.min(PASSAGE, place.text.length)) continue;
    if (longest === undefined || length > longest.to - longest.from) {
      longest = { from: at - before, to: at + after };
    }
  }
  return longest;
}
