import { expect, it } from 'vitest';
import { completedOf, workflowsOf } from '../../src/result/query.ts';
import { madeUpResult } from '../result/made-up.ts';
import { pageText } from './pages.ts';
import { workflowsPicture } from './picture.ts';

it('the picture of a run has a row for each transport and a dot for each workflow', () => {
  const result = madeUpResult();
  const { transports } = result.run.options;
  const picture = workflowsPicture(result);
  for (const name of transports) expect(picture).toContain(`>${name}<`);
  const workflows = transports.flatMap((name) => completedOf(workflowsOf(name, result.rounds)));
  expect(workflows.length).toBeGreaterThan(transports.length);
  expect(picture.match(/class="dot"/g)).toHaveLength(workflows.length);
});

it('the README shows one that was drawn so', () => {
  expect(pageText('README.md')).toContain('(docs/workflow-times.svg)');
  expect(pageText('docs/workflow-times.svg')).toMatch(
    /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/,
  );
});
