import { expect, it } from 'vitest';
import { scriptOf } from '../../src/app/job.ts';
import { builtinNames } from '../../src/scenario/builtin.ts';
import { describeScript } from '../../src/scenario/describe.ts';
import { resizeScript } from '../../src/scenario/resize.ts';

it.each(builtinNames)(
  '%s has as many steps as it is asked for, and ends as it did',
  async (name) => {
    const script = await scriptOf(name, 1);
    for (const steps of [2, 3, script.turns.length, 40]) {
      const resized = resizeScript(script, { steps });
      expect(resized.turns).toHaveLength(steps);
      expect(resized.turns[0]).toEqual(script.turns[0]);
      expect(resized.turns.at(-1)?.model).toEqual(script.turns.at(-1)?.model);
      const same = steps === script.turns.length;
      expect(resized.sha256 === script.sha256).toBe(same);
    }
  },
);

it('begins with a context of the size that it is asked for', async () => {
  const script = resizeScript(await scriptOf('quick', 1), { contextTokens: 20_000 });
  const { toolBytes, firstInputBytes } = describeScript(script);
  expect(toolBytes + firstInputBytes).toBe(80_000);
});

it.each([
  { why: 'a step more than half', size: { steps: 2.5 }, says: 'whole number' },
  { why: 'one step has no end', size: { steps: 1 }, says: 'from 2 on' },
  { why: 'smaller than the tools', size: { contextTokens: 10 }, says: 'begins with' },
])('refuses $why', async ({ size, says }) => {
  const script = await scriptOf('quick', 1);
  expect(() => resizeScript(script, size)).toThrow(says);
});
