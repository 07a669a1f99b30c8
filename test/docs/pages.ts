import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The README and every page of docs/, by their path from the root. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll(path.sep, '/')}`),
];

export function pageText(page: string): string {
  return readFileSync(path.join(root, page), 'utf8');
}

/** The page without its blocks of code. */
export function proseOf(page: string): string {
  return pageText(page).replace(fenced, '');
}

/** Every command line of the program that a page shows, as words: in blocks of code and in between. */
export function commandsOn(page: string): string[][] {
  const text = pageText(page);
  const blocks = [...text.matchAll(fenced)].map(([, block = '']) => block);
  const indented = [...text.replace(fenced, '').matchAll(/^ {4}(?=\S)(.*)$/gm)].map(
    ([, line = '']) => line,
  );
  const spans = [...proseOf(page).matchAll(/`(agent-latency-bench [^`]+)`/g)].map(
    ([, span = '']) => span,
  );
  return [...blocks.flatMap((block) => block.split('\n')), ...indented, ...spans].flatMap(
    (line) => {
      const found =
        /(?:^|[\s|])(?:npx agent-latency-bench|node bin\/agent-latency-bench\.js|agent-latency-bench)( .*)$/.exec(
          line.replace(/\s+#\s.*$/, ''),
        );
      return found?.[1] === undefined || /^\S+:|┃|·/.test(line) ? [] : [wordsOf(found[1])];
    },
  );
}

/** The names by which GitHub links to a page's headings. */
export function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

const fenced = /^```\w*\n([\s\S]*?)^```$/gm;

/** As a shell takes a line apart, up to where another program or file begins. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [whole, single, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)) {
    if (/^[|&;>]/.test(whole)) break;
    words.push(single ?? double ?? plain ?? '');
  }
  return words;
}
