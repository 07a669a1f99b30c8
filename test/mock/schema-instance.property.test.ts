import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { instanceOf } from '../../src/mock/model/schema-instance.ts';
import { toolLoopSpeech } from '../../src/mock/model/tool-loop.ts';

type Schema = Record<string, unknown>;

const key = fc.stringMatching(/^[a-z_]{1,6}$/).filter((name) => !(name in {}));

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.record({ type: fc.constantFrom('string', 'boolean', 'null', 'integer', 'number') }),
  fc.record({
    type: fc.constant('string'),
    format: fc.constantFrom('date-time', 'email', 'uuid', 'ipv4'),
  }),
  fc
    .tuple(fc.nat(20), fc.nat(20))
    .map(([least, more]) => ({ type: 'string', minLength: least, maxLength: least + more })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(20))
    .map(([minimum, more]) => ({ type: 'integer', minimum, maximum: minimum + more })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 }))
    .map(([least, step]) => ({
      type: 'integer',
      minimum: least,
      maximum: least + step,
      multipleOf: step,
    })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 20 }))
    .map(([low, more]) => ({
      type: 'number',
      exclusiveMinimum: low,
      exclusiveMaximum: low + more,
    })),
  fc.array(fc.string(), { minLength: 1, maxLength: 4 }).map((values) => ({
    type: 'string',
    enum: [...new Set(values)],
  })),
  fc.oneof(fc.string(), fc.integer(), fc.boolean()).map((value) => ({ const: value })),
  fc.constantFrom({ type: ['string', 'null'] }, { type: ['null', 'integer'] }),
);

/** Objects the strict way: every property required, nothing else allowed; or loosely. */
function objectOf(inner: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  return fc
    .record({
      properties: fc.dictionary(key, inner, { maxKeys: 4 }),
      strict: fc.boolean(),
      nth: fc.nat(3),
    })
    .map(({ properties, strict, nth }) => {
      const keys = Object.keys(properties);
      const required = strict ? keys : keys.slice(nth);
      return {
        type: 'object',
        properties: { ...properties },
        required,
        additionalProperties: !strict,
      };
    });
}

/** Parameters of a tool as SDKs write them: objects, lists, alternatives and references, inside of one another. */
const parameters: fc.Arbitrary<Schema> = fc
  .record({
    tree: fc.letrec<{ node: Schema }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        objectOf(tie('node')),
        fc.tuple(tie('node'), fc.nat(3), fc.nat(2)).map(([items, least, more]) => ({
          type: 'array',
          items,
          minItems: least,
          maxItems: least + more,
        })),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
        fc.constant({ $ref: '#/$defs/point' }),
        fc.constant({ $ref: '#/$defs/chain' }),
        fc.constant({ $ref: '#/$defs/tree' }),
      ),
    })).node,
    defs: leaf,
  })
  .chain(({ tree, defs }) =>
    objectOf(fc.constant(tree)).map((top) => ({
      ...top,
      $defs: {
        point: {
          type: 'object',
          properties: { x: defs, y: { type: 'number' } },
          required: ['x', 'y'],
          additionalProperties: false,
        },
        chain: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/chain' }, { type: 'null' }] } },
          required: ['next'],
        },
        tree: {
          anyOf: [
            { type: 'array', items: { $ref: '#/$defs/tree' }, minItems: 2 },
            { type: 'string', minLength: 1 },
          ],
        },
      },
    })),
  );

describe('arguments that tool-loop makes up', () => {
  it('satisfy the schema of the tool', () => {
    fc.assert(
      fc.property(parameters, (schema) => {
        const validator = z.fromJSONSchema(schema);
        expect(validator.safeParse(instanceOf(schema)).error).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('are JSON text of such a value, call after call', () => {
    fc.assert(
      fc.property(parameters, fc.nat(5), (schema, toolOutputs) => {
        const offered = [{ type: 'function', name: 'look', strict: true, parameters: schema }];
        const { calls } = toolLoopSpeech({ calls: 10, parallel: 2 }, { offered, toolOutputs });
        expect(calls).toHaveLength(2);
        for (const call of calls) {
          const json = 'arguments' in call ? call.arguments : '';
          expect(z.fromJSONSchema(schema).safeParse(JSON.parse(json)).error).toBeUndefined();
        }
      }),
      { numRuns: 100 },
    );
  });
});
