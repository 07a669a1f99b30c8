import type { z } from 'zod';
import { formatGot, type Path, type Problem } from './problem.ts';

/** The outcome of checking a document against a schema: its value, or every place where it does not fit. */
export function validate<Schema extends z.ZodType<object>>(
  schema: Schema,
  value: unknown,
): { data: z.infer<Schema>; problems: [] } | { data: undefined; problems: Problem[] } {
  const parsed = schema.safeParse(value, { error: expectation });
  if (parsed.success) return { data: parsed.data, problems: [] };
  return {
    data: undefined,
    problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, [], value)),
  };
}

/** What was expected, where the schema itself has no words for it. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type')
    return `expected ${typeNames[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'too_small') {
    return `expected ${limitOf(issue.origin, 'at least', Number(issue.minimum))}`;
  }
  if (issue.code === 'too_big') {
    return `expected ${limitOf(issue.origin, 'at most', Number(issue.maximum))}`;
  }
  if (issue.code === 'invalid_format') return `expected ${formatOf(issue)}`;
  if (issue.code === 'not_multiple_of') return `expected a multiple of ${issue.divisor}`;
  if (issue.code === 'unrecognized_keys') return 'expected no other keys than the known ones';
  return undefined;
}

const typeNames: Partial<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

function formatOf({
  format,
  pattern,
}: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidStringFormat>): string {
  return format === 'regex'
    ? `a string that matches ${pattern}`
    : `a string of the format ${format}`;
}

function limitOf(origin: string, relation: string, limit: number): string {
  if (origin === 'string') return `${relation} ${limit} character${limit === 1 ? '' : 's'}`;
  if (origin === 'array') return `a list of ${relation} ${limit}`;
  return `${relation} ${limit}`;
}

function problemsOf(issue: z.core.$ZodIssue, base: Path, root: unknown): Problem[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? '' : part))];
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `${issue.message}, got an unknown key`,
      atKey: true,
    }));
  }
  if (issue.code === 'invalid_union') {
    // Only the branch of the right type has something useful to say.
    const fitting = issue.errors.find((issues) => !issues.some(isWrongType));
    if (fitting !== undefined) return fitting.flatMap((each) => problemsOf(each, path, root));
    const expected = issue.errors.map(([first]) => first?.message.replace(/^expected /, ''));
    if (issue.message === DEFAULT_MESSAGE) {
      return [{ path, message: `expected ${expected.join(' or ')}, got ${formatGot(value)}` }];
    }
  }
  // A custom message says itself what came.
  if (issue.code === 'custom') return [{ path, message: issue.message }];
  const got =
    value === '' || (Array.isArray(value) && value.length === 0) ? 'none' : formatGot(value);
  return [{ path, message: `${issue.message}, got ${got}` }];
}

/** Zod's own words, where a union has none of its own. */
const DEFAULT_MESSAGE = 'Invalid input';

function isWrongType(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    root,
  );
}
