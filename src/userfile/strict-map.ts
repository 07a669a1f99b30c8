import { z } from 'zod';

/*
 * Schema parts whose complaints help: every message says what was expected; whoever reports
 * an issue adds what came instead.
 */

/** A map that accepts only its own keys; its complaints list them, or show `example`. */
export function strictMap<Shape extends z.ZodRawShape>(example: string, shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `expected only ${Object.keys(shape).join(', ')}`
        : `expected a map such as ${example}`,
  });
}

/** One value, or a list of at least one. */
export function oneOrMany<Item extends z.ZodType>(item: Item, expected: string) {
  return z.union([item, z.array(item).min(1)], { error: expected });
}

/** A schema that demands exactly one of `keys` in a map, in JSON Schema too. */
export function exactlyOneOf<Schema extends z.ZodObject>(
  keys: readonly string[],
  schema: Schema,
): Schema {
  return schema
    .superRefine((value, context) => {
      const present = keys.filter((key) => value[key] !== undefined);
      if (present.length === 1) return;
      const got = present.length === 0 ? 'none' : present.join(' and ');
      context.addIssue({
        code: 'custom',
        message: `expected one of ${keys.join(', ')}, got ${got}`,
      });
    })
    .meta({ oneOf: keys.map((key) => ({ required: [key] })) });
}
