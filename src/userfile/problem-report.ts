import type { SourceDocument } from './document.ts';
import { formatPath, type Problem } from './problem.ts';

/**
 * All problems of a document in the order of its text, one a line: `my.yaml:12:5 steps[2].tool: expected …, got …`.
 * @param source path of the text
 */
export function problemReport(
  source: string,
  document: SourceDocument,
  problems: readonly Problem[],
): string {
  const lines = [
    ...document.problems,
    ...problems.map(({ path, message, atKey }) => ({
      position: document.position(path, atKey),
      message: path.length === 0 ? message : `${formatPath(path)}: ${message}`,
    })),
  ]
    .sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
    .map(({ position, message }) => `${source}:${position.line}:${position.column} ${message}`);
  const more = lines.length - MAX_PROBLEMS_SHOWN;
  return [...lines.slice(0, MAX_PROBLEMS_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(
    '\n',
  );
}

/** More than anyone reads at once; the rest is counted. */
const MAX_PROBLEMS_SHOWN = 50;
