import { isRecord } from '../is-record.ts';
import { formatGot, type Path, type Problem } from '../userfile/problem.ts';

/**
 * The places where arguments do not fit the JSON Schema of their tool. Knows the keywords that tools are written in
 * (type, enum, properties, required, additionalProperties, items); anything else passes.
 */
export function argumentProblems(value: unknown, schema: unknown, path: Path): Problem[] {
  if (!isRecord(schema)) return [];
  const { type, enum: allowed } = schema;
  if (!hasType(value, type)) {
    const expected = [type].flat().join(' or ');
    return [
      { path, message: `expected ${expected} by the tool's parameters, got ${formatGot(value)}` },
    ];
  }
  if (Array.isArray(allowed) && !allowed.includes(value)) {
    const expected = allowed.map((each) => JSON.stringify(each)).join(' or ');
    return [
      { path, message: `expected ${expected} by the tool's parameters, got ${formatGot(value)}` },
    ];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      argumentProblems(item, schema['items'], [...path, index]),
    );
  }
  return isRecord(value) ? propertyProblems(value, schema, path) : [];
}

function propertyProblems(
  value: Record<string, unknown>,
  schema: Record<string, unknown>,
  path: Path,
): Problem[] {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = required
    .filter((name): name is string => typeof name === 'string' && !Object.hasOwn(value, name))
    .map((name) => ({
      path,
      message: `expected the argument ${name}, which the tool's parameters require, got none`,
    }));
  const given = Object.entries(value).flatMap(([name, item]): Problem[] => {
    if (Object.hasOwn(properties, name)) {
      return argumentProblems(item, properties[name], [...path, name]);
    }
    if (schema['additionalProperties'] !== false) return [];
    const known = Object.keys(properties).join(', ') || 'none';
    const message = `expected only arguments of the tool's parameters (${known}), got another`;
    return [{ path: [...path, name], message, atKey: true }];
  });
  return [...missing, ...given];
}

function hasType(value: unknown, type: unknown): boolean {
  if (Array.isArray(type)) return type.some((each) => hasType(value, each));
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'null':
      return value === null;
    default:
      return true;
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
