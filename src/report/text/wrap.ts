import stringWidth from 'string-width';

// A number and its unit stay together.
const BREAK = / (?!(?:ms|s|µs|B|KB|MB|%)(?:[\s.,:;)]|$))/;

/** The lines of a text broken at spaces, each of at most `width` columns; later lines are indented. A longer word stands alone. */
export function wrap(text: string, width: number, indent = 0): string[] {
  const words = withoutControls(text).split(BREAK);
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && stringWidth(line) + 1 + stringWidth(word) <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(line === undefined ? word : ' '.repeat(indent) + word);
    }
  }
  return lines;
}

/** Text from an endpoint or a file must not steer the terminal. */
export function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
