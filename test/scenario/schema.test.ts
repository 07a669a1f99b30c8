import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtinNames, builtinPath } from '../../src/scenario/builtin.ts';
import { scenarioJsonSchema } from '../../src/scenario/schema.ts';
import { closestName } from '../../src/userfile/closest.ts';

interface Node {
  $ref?: string;
  description?: string;
  properties?: Record<string, Node>;
  required?: string[];
  additionalProperties?: unknown;
  anyOf?: Node[];
  items?: Node;
  $defs?: Record<string, Node>;
}

const schema = scenarioJsonSchema() as Node & Record<string, unknown>;

function resolved(node: Node): Node {
  const name = node.$ref?.replace('#/$defs/', '');
  return name === undefined ? node : (schema.$defs?.[name] ?? {});
}

/** Paths of a document that the JSON Schema has no place for, as far as keys and required keys go. */
function misfits(value: unknown, node: Node, path: string): string[] {
  const { properties, required = [], additionalProperties, anyOf = [], items } = resolved(node);
  const branches = anyOf.map(resolved).filter((branch) => branch.properties ?? branch.items);
  if (branches.length > 0) {
    const results = branches.map((branch) => misfits(value, branch, path));
    return results.sort((a, b) => a.length - b.length)[0] ?? [];
  }
  if (Array.isArray(value)) {
    return items
      ? value.flatMap((item, index) => misfits(item, items, `${path}[${index}]`))
      : [`${path} is a list`];
  }
  if (typeof value !== 'object' || value === null || properties === undefined) return [];
  return [
    ...required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${path} lacks ${key}`),
    ...Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
      const property = properties[key];
      if (property) return misfits(item, property, `${path}.${key}`);
      return additionalProperties === false ? [`${path}.${key} is unknown`] : [];
    }),
  ];
}

describe('the JSON Schema', () => {
  it('names itself and demands what a scenario needs', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:agent-latency-bench:scenario:v1',
      title: 'Scenario of agent-latency-bench',
      required: ['name', 'steps'],
      additionalProperties: false,
    });
  });

  it.each(builtinNames)('has a place for everything in %s', async (name) => {
    const document: unknown = parse(await readFile(builtinPath(name), 'utf8'));
    expect(misfits(document, schema, name)).toEqual([]);
  });

  it('has none for what is wrong', () => {
    const document = { steps: [{ user: { tokens: 1 }, model: {}, reapet: 3 }] };
    expect(misfits(document, schema, 'it')).toEqual([
      'it lacks name',
      'it.steps[0].reapet is unknown',
    ]);
  });

  it('explains every key', () => {
    const unexplained: string[] = [];
    const visit = (node: Node, path: string) => {
      for (const [key, property] of Object.entries(node.properties ?? {})) {
        const explained = property.description ?? resolved(property).description;
        if (explained === undefined) unexplained.push(`${path}.${key}`);
        visit(property, `${path}.${key}`);
      }
      for (const inner of [...(node.anyOf ?? []), ...(node.items ? [node.items] : [])])
        visit(inner, path);
    };
    visit(schema, 'scenario');
    for (const [name, node] of Object.entries(schema.$defs ?? {})) visit(node, name);
    // The one key of somebody else's format.
    expect(unexplained).toEqual(['scenario.tools.parameters.type']);
  });
});

describe('the closest name', () => {
  it.each([
    ['a letter missing', 'codng-agent', 'coding-agent'],
    ['two letters swapped', 'caht', 'chat'],
    ['nothing like it', 'benchmark', undefined],
    ['a short name is not everything short', 'abc', undefined],
  ])('%s', (_reason, name, expected) => {
    expect(closestName(name, builtinNames)).toBe(expected);
  });
});
