import { z } from 'zod';
import { isRecord } from '../is-record.ts';
import type { Path, Problem } from '../userfile/problem.ts';
import { validate } from '../userfile/validate.ts';

/**
 * The places where arguments do not fit the JSON Schema of their tool; none where that isn't a schema we can read, such as
 * one with references to elsewhere.
 */
export function argumentProblems(value: unknown, parameters: unknown, path: Path): Problem[] {
  const schema = schemaOf(parameters);
  if (schema === undefined) return [];
  return validate(schema, value).problems.map((problem) => ({
    ...problem,
    path: [...path, ...problem.path],
    message: problem.message.replace(/^expected /, "expected by the tool's parameters: "),
  }));
}

// A tool is called many times and its schema takes a millisecond to read.
const schemas = new WeakMap<object, z.ZodType<object> | undefined>();

function schemaOf(parameters: unknown): z.ZodType<object> | undefined {
  if (!isRecord(parameters)) return undefined;
  if (!schemas.has(parameters)) schemas.set(parameters, readSchema(parameters));
  return schemas.get(parameters);
}

function readSchema(parameters: Record<string, unknown>): z.ZodType<object> | undefined {
  try {
    return z.fromJSONSchema(parameters) as z.ZodType<object>;
  } catch {
    return undefined;
  }
}

/**
 * The same value with `extend` applied to its last free string: one that the JSON Schema leaves open (no enum, const,
 * pattern, format or maxLength). Undefined if there is none.
 */
export function extendLastString(
  value: unknown,
  schema: unknown,
  extend: (text: string) => string,
): unknown {
  if (typeof value === 'string') return isFree(schema) ? extend(value) : undefined;
  if (Array.isArray(value)) {
    const items = isRecord(schema) ? schema['items'] : undefined;
    for (let index = value.length - 1; index >= 0; index -= 1) {
      const extended = extendLastString(value[index], items, extend);
      if (extended !== undefined) return value.with(index, extended) as unknown[];
    }
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const properties = isRecord(schema) && isRecord(schema['properties']) ? schema['properties'] : {};
  for (const [name, item] of Object.entries(value).reverse()) {
    const extended = extendLastString(item, properties[name], extend);
    if (extended !== undefined) return { ...value, [name]: extended };
  }
  return undefined;
}

function isFree(schema: unknown): boolean {
  const fixing = ['enum', 'const', 'pattern', 'format', 'maxLength'];
  return !isRecord(schema) || !fixing.some((keyword) => keyword in schema);
}
