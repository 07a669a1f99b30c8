import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  visit,
} from 'yaml';
import type { Path } from './problem.ts';

/** More than any scenario needs. The reader of `yaml` recurses: far deeper nesting would end the process. */
const MAX_DEPTH = 100;
const MAX_ALIASES = 1000;

/** Line and column, both from 1. */
interface Position {
  line: number;
  column: number;
}

/** A YAML or JSON text as plain values, with the way back to line and column. */
export interface SourceDocument {
  value: unknown;
  /** Of a value, or of its key; where the path leads nowhere, of the nearest value around it. */
  position: (path: Path, atKey?: boolean) => Position;
  /** What is wrong with the text itself. */
  problems: { position: Position; message: string }[];
  /** Whether `value` is what the text says, its problems aside. */
  readable: boolean;
}

/** A document in YAML 1.2 text, of which JSON is a part. Bad text is told as problems, never thrown. */
export function readDocument(text: string): SourceDocument {
  const lines = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (message: string, position: Position): SourceDocument => ({
    value: undefined,
    position: () => position,
    problems: [{ position, message }],
    readable: false,
  });

  const tokens = tokenise(text, lines);
  if (typeof tokens === 'number') {
    return refuse(`expected at most ${MAX_DEPTH} levels of nesting`, positionAt(tokens));
  }
  const composer = new Composer({ logLevel: 'error' });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined)
    return refuse('expected a YAML or JSON document, got nothing', positionAt(0));
  if (second !== undefined) {
    const message = 'expected one document, got several (separated by ---)';
    return refuse(message, positionAt(second.range[0]));
  }
  const errors = document.errors.map(({ code, message, pos }) => ({
    recoverable: code === 'DUPLICATE_KEY',
    message: code === 'DUPLICATE_KEY' ? 'expected every key once in a map, got one twice' : message,
    offset: pos[0],
  }));
  const complaints = [...errors, ...complaintsAboutNodes(document)];
  const readable = complaints.every(({ recoverable }) => recoverable);
  let value: unknown;
  try {
    if (readable) value = document.toJS();
  } catch {
    return refuse(
      'expected aliases that repeat little, got some that expand to far more than the file',
      positionAt(0),
    );
  }
  return {
    value,
    position: (path, atKey) => positionAt(offsetOf(document, path, atKey === true)),
    problems: complaints.map(({ message, offset }) => ({ message, position: positionAt(offset) })),
    readable,
  };
}

/**
 * The tokens of a text, or the offset where they nest too deep. The parser keeps a stack of its own, so it can look
 * where the composer can't.
 */
function tokenise(text: string, lines: LineCounter): CST.Token[] | number {
  const tokens: CST.Token[] = [];
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) return parser.offset;
  }
  tokens.push(...parser.end());
  return tokens;
}

interface Complaint {
  recoverable: boolean;
  message: string;
  offset: number;
}

/** Finds what YAML knows and JSON does not: tags, complex keys, infinite numbers, endless aliases. */
function complaintsAboutNodes(document: Document.Parsed): Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (node: unknown, message: string) => {
    complaints.push({ recoverable: false, message, offset: startOf(node) ?? 0 });
  };
  let aliases = 0;
  visit(document, {
    Alias(_, alias, path) {
      aliases += 1;
      if (aliases > MAX_ALIASES) {
        complain(alias, `expected at most ${MAX_ALIASES} aliases`);
        return visit.BREAK;
      }
      const target = alias.resolve(document);
      if (target === undefined) {
        complain(alias, `expected an anchor &${alias.source} before the alias *${alias.source}`);
      } else if (path.includes(target)) {
        complain(alias, `expected a value, got the alias *${alias.source} inside of itself`);
      }
      return undefined;
    },
    Pair(_, { key }) {
      if (!isScalar(key)) complain(key, 'expected a plain key, got a map, a list or an alias');
    },
    Value(_, node) {
      const { tag } = node;
      if (tag !== undefined && !plainTags.has(tag)) complain(node, `expected no tag, got ${tag}`);
      else if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
        complain(node, `expected a finite number, got ${node.value}`);
      }
    },
  });
  return complaints;
}

const plainTags: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      // Of a key that stands twice, the last value counts.
      const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === part);
      if (pair === undefined) return offset;
      const keyOffset = startOf(pair.key) ?? offset;
      if (atKey && index === path.length - 1) return keyOffset;
      node = pair.value as Node | null;
      // A key without a value has no place of its own.
      offset = startOf(node) ?? keyOffset;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part] as Node | undefined;
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
