import type { Format } from '../../report/index.ts';

/** What prints the documents of one command on stdout. */
export interface Printer {
  /** One document, under its scenario's name. */
  print(scenario: string, format: Format, text: string): void;
  /** Nothing more comes. */
  end(): void;
}

/**
 * A printer of so many documents. Several in a format that programs read become one when they end: an array of JSON, or
 * CSV with the scenario in front.
 */
export function createPrinter(documents: number): Printer {
  const held: Document[] = [];
  let join: Join | undefined;
  return {
    print(scenario, format, text) {
      join = documents > 1 ? joins[format] : undefined;
      if (join === undefined) printText(text);
      else held.push({ scenario, text });
    },
    end() {
      if (join !== undefined && held.length > 0) printText(join(held));
    },
  };
}

/** Prints a text that ends in a line break, if need be one of ours. */
export function printText(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

interface Document {
  scenario: string;
  text: string;
}

type Join = (documents: readonly Document[]) => string;

const joins: Partial<Record<Format, Join>> = { json: jsonArray, csv: oneTable };

/** One parseable array of JSON texts. */
function jsonArray(documents: readonly Document[]): string {
  return `[\n${documents.map(({ text }) => text.trimEnd()).join(',\n')}\n]`;
}

/** One table of CSV texts with the same columns, none of which holds a line break; names of scenarios hold no comma. */
function oneTable(documents: readonly Document[]): string {
  const [head = ''] = documents[0]?.text.split('\n') ?? [];
  const rows = documents.flatMap(({ scenario, text }) =>
    text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => `${scenario},${row}`),
  );
  return [`scenario,${head}`, ...rows].join('\n');
}
