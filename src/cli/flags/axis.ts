import { InvalidArgumentError } from 'commander';

/** So many values stand for a range. */
const RANGE_VALUES = 7;

/**
 * The parser of the values of an axis: one, several with commas between them, or a range such as `1ms..300ms`, of which it takes seven
 * at even ratios, both ends among them.
 * @param parse reads one value; throws what commander shows
 * @param whole whether only whole numbers will do
 */
export function axis(parse: (text: string) => number, whole = false): (text: string) => number[] {
  return (text) => {
    const [from, to, ...more] = text.split('..');
    if (to === undefined) return unique(text.split(',').map((each) => parse(each.trim())));
    const [least, most] = [parse(from ?? ''), parse(to)];
    if (more.length > 0 || least <= 0 || least >= most) {
      throw new InvalidArgumentError('Expected a range that rises from above 0, such as 2..50.');
    }
    const values = Array.from({ length: RANGE_VALUES }, (_, index) =>
      rounded(least * (most / least) ** (index / (RANGE_VALUES - 1)), whole),
    );
    return unique([least, ...values.slice(1, -1), most]);
  };
}

function rounded(value: number, whole: boolean): number {
  return whole ? Math.round(value) : Number(value.toPrecision(2));
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
