import type { Script } from '../../src/scenario/script.ts';

/** A small agent: looks at two files at once, edits, says so. */
export const smallScript: Script = {
  name: 'small',
  description: 'three model calls',
  seed: 1,
  sha256: '0'.repeat(64),
  instructions: { text: 'You are a careful engineer. '.repeat(20), in: 'input' },
  tools: ['read_file', 'edit_file'].map((name) => ({
    type: 'function',
    name,
    description: name,
    parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
    strict: false,
  })),
  turns: [
    {
      toolResults: [],
      user: 'Fix the failing test.',
      model: {
        reasoning: 'I should read both files first.',
        calls: [
          { name: 'read_file', arguments: '{"path":"src/a.ts"}' },
          { name: 'read_file', arguments: '{"path":"src/b.ts"}' },
        ],
      },
    },
    {
      toolResults: [
        { output: 'a'.repeat(3000), timeMs: 3 },
        { output: 'b'.repeat(2000), timeMs: 5 },
      ],
      model: { calls: [{ name: 'edit_file', arguments: '{"path":"src/a.ts"}' }] },
    },
    {
      toolResults: [{ output: 'done', timeMs: 2 }],
      model: { text: 'I fixed the comparison in src/a.ts.', calls: [] },
    },
  ],
};
