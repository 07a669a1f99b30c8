import { isRecord } from '../../is-record.ts';

type Schema = Record<string, unknown>;

/** Bounds that keep a hostile or endless schema from costing time or memory; past them the value need not satisfy it. */
const MAX_DEPTH = 32;
const MAX_VALUES = 10_000;
const MAX_LENGTH = 10_000;
/** From here on the smallest alternative is taken, so that a schema that contains itself comes to an end. */
const DEEP = 4;

/**
 * A small value that satisfies a JSON Schema, as far as tool parameters use them: types, enum, const,
 * required properties, items, bounds, common string formats, anyOf/oneOf/allOf and local `$ref`.
 * `pattern` is not followed.
 */
export function instanceOf(schema: unknown): unknown {
  return build(schema, { root: schema, values: 0 }, 0);
}

interface Walk {
  readonly root: unknown;
  /** Built so far. */
  values: number;
}

function build(schema: unknown, walk: Walk, depth: number): unknown {
  if (++walk.values > MAX_VALUES || depth > MAX_DEPTH || !isRecord(schema)) return null;
  const resolved = resolve(schema, walk.root, depth);
  if ('const' in resolved) return resolved['const'];
  if (Array.isArray(resolved['enum'])) return resolved['enum'][0] as unknown;
  switch (typeOf(resolved)) {
    case 'object':
      return buildObject(resolved, walk, depth);
    case 'array':
      return buildArray(resolved, walk, depth);
    case 'string':
      return buildString(resolved);
    case 'integer':
      return buildNumber(resolved, 1);
    case 'number':
      return buildNumber(resolved, undefined);
    case 'boolean':
      return false;
    default:
      return null;
  }
}

/** Follows `$ref`, takes one of alternatives, and lays the parts of `allOf` over one another. */
function resolve(schema: Schema, root: unknown, depth: number): Schema {
  let resolved = schema;
  for (let hops = 0; hops < MAX_DEPTH; hops++) {
    const { $ref, anyOf, oneOf, allOf, ...rest } = resolved;
    const one = oneOfThem(anyOf, depth) ?? oneOfThem(oneOf, depth);
    if (typeof $ref === 'string') resolved = merge(rest, pointedAt(root, $ref));
    else if (Array.isArray(allOf)) resolved = allOf.filter(isRecord).reduce(merge, rest);
    else if (one !== undefined) resolved = merge(rest, one);
    else return resolved;
  }
  return resolved;
}

function merge(a: Schema, b: Schema): Schema {
  const merged: Schema = { ...a, ...b };
  if (isRecord(a['properties']) && isRecord(b['properties'])) {
    merged['properties'] = { ...a['properties'], ...b['properties'] };
  }
  const required = [...listOf(a['required']), ...listOf(b['required'])];
  if (required.length > 0) merged['required'] = required;
  return merged;
}

function pointedAt(root: unknown, ref: string): Schema {
  let target: unknown = root;
  for (const part of ref.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    target = isRecord(target) || Array.isArray(target) ? (target as Schema)[key] : undefined;
  }
  return isRecord(target) ? target : {};
}

function typeOf(schema: Schema): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return type[0];
  if (type !== undefined) return type;
  if ('properties' in schema || 'required' in schema) return 'object';
  return 'items' in schema ? 'array' : undefined;
}

function buildObject(schema: Schema, walk: Walk, depth: number): unknown {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(
    listOf(schema['required'])
      .filter((key) => typeof key === 'string')
      .map((key) => [key, build(properties[key] ?? { type: 'string' }, walk, depth + 1)]),
  );
}

function buildArray(schema: Schema, walk: Walk, depth: number): unknown[] {
  const items: unknown[] = [];
  const length = Math.min(numberOf(schema['minItems']) ?? 0, MAX_LENGTH);
  while (items.length < length && walk.values < MAX_VALUES) {
    items.push(build(schema['items'], walk, depth + 1));
  }
  return items;
}

const formats: ReadonlyMap<unknown, string> = new Map([
  ['date-time', '2026-01-01T00:00:00Z'],
  ['date', '2026-01-01'],
  ['time', '00:00:00Z'],
  ['email', 'hi@example.com'],
  ['uri', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
  ['ipv4', '127.0.0.1'],
  ['ipv6', '::1'],
]);

function buildString(schema: Schema): string {
  const sample = formats.get(schema['format']);
  if (sample !== undefined) return sample;
  const length = Math.min(numberOf(schema['minLength']) ?? 0, MAX_LENGTH);
  return 'hi'.padEnd(length, '.').slice(0, numberOf(schema['maxLength']));
}

function buildNumber(schema: Schema, wholeStep: number | undefined): number {
  const step = numberOf(schema['multipleOf']) ?? wholeStep;
  const above = numberOf(schema['exclusiveMinimum']);
  const below = numberOf(schema['exclusiveMaximum']);
  const low = Math.max(numberOf(schema['minimum']) ?? -Infinity, above ?? -Infinity);
  const high = Math.min(numberOf(schema['maximum']) ?? Infinity, below ?? Infinity);
  const allowed = (value: number): boolean => {
    return value >= low && value <= high && value !== above && value !== below;
  };
  if (allowed(0)) return 0;
  if (step === undefined) {
    if (allowed(low)) return low;
    if (allowed(high)) return high;
    if (low === -Infinity) return high - 1;
    return high === Infinity ? low + 1 : (low + high) / 2;
  }
  const nearest = low > 0 ? Math.ceil(low / step) * step : Math.floor(high / step) * step;
  if (allowed(nearest)) return nearest;
  return low > 0 ? nearest + step : nearest - step;
}

/** The first alternative, or deep inside the first that leads no deeper. */
function oneOfThem(alternatives: unknown, depth: number): Schema | undefined {
  const schemas = listOf(alternatives).filter(isRecord);
  return (depth < DEEP ? undefined : schemas.find(isFlat)) ?? schemas[0];
}

function isFlat(schema: Schema): boolean {
  const { $ref, anyOf, oneOf, allOf, required, minItems } = schema;
  const leadsOn = [$ref, anyOf, oneOf, allOf].some((part) => part !== undefined);
  return !leadsOn && listOf(required).length === 0 && (numberOf(minItems) ?? 0) === 0;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
