import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { instanceOf } from '../../src/mock/model/schema-instance.ts';

describe('instanceOf', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a string', { type: 'string' }],
    ['length bounds', { type: 'string', minLength: 5, maxLength: 6 }],
    ['a short string', { type: 'string', maxLength: 1 }],
    ['a format', { type: 'string', format: 'date-time' }],
    ['an enum', { type: 'string', enum: ['left', 'right'] }],
    ['a constant', { const: 7 }],
    ['an integer', { type: 'integer' }],
    ['bounds', { type: 'integer', minimum: 3, maximum: 4 }],
    ['exclusive bounds', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
    ['a negative range', { type: 'integer', maximum: -5 }],
    ['a step', { type: 'integer', minimum: 11, multipleOf: 5 }],
    ['a boolean', { type: 'boolean' }],
    ['null', { type: 'null' }],
    ['several types', { type: ['string', 'null'] }],
    ['an array', { type: 'array', items: { type: 'integer' }, minItems: 2 }],
    [
      'an object with required and optional properties',
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'integer' }, c: { type: 'null' } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    ],
    ['alternatives', { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
    ['one of', { oneOf: [{ type: 'object', properties: {} }, { type: 'null' }] }],
    [
      'a reference',
      {
        $defs: {
          point: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] },
        },
        type: 'object',
        properties: { at: { $ref: '#/$defs/point' } },
        required: ['at'],
      },
    ],
    [
      'parts laid over one another',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] },
        ],
      },
    ],
  ])('satisfies %s', (_, schema) => {
    const validator = z.fromJSONSchema(schema);
    expect(validator.safeParse(instanceOf(schema)).error).toBeUndefined();
  });

  it('comes to an end on a schema that contains itself', () => {
    const tree = {
      type: 'object',
      properties: { child: { $ref: '#' } },
      required: ['child'],
    };
    expect(instanceOf(tree)).toHaveProperty('child.child');
    expect(instanceOf({ $ref: '#' })).toBeNull();
  });

  it.each([
    ['many items', { type: 'array', minItems: 1e9, items: { type: 'array', minItems: 1e9 } }],
    ['a long text', { type: 'string', minLength: 1e9 }],
    [
      'itself twice over',
      { type: 'object', properties: { a: { $ref: '#' }, b: { $ref: '#' } }, required: ['a', 'b'] },
    ],
  ])('stays small on a schema that asks for %s', (_, schema) => {
    expect(JSON.stringify(instanceOf(schema)).length).toBeLessThan(1e6);
  });

  it.each([[undefined], [null], [true], ['text'], [[]]])('takes %j for no schema', (value) => {
    expect(instanceOf(value)).toBeNull();
  });
});
