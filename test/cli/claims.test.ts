import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { ClaimFacts } from '../../src/estimate/claims.ts';
import { claimRows } from '../../src/report/blocks/claims/rows.ts';
import { claimsReports } from '../../src/report/estimates.ts';
import { callCli, tempFolder } from '../support/cli.ts';

it('where nothing can be measured, every claim is judged by estimates, and marked so', async () => {
  const cwd = await tempFolder();
  const { code, stdout } = await callCli(
    ['claims', '--budget', '1ms', '--format', 'markdown', '--out', 'claims.md'],
    { cwd },
  );
  expect(code).toBe(0);
  expect(await readFile(path.join(cwd, 'claims.md'), 'utf8')).toBe(stdout);
  for (const { claim, source } of claimRows) {
    expect(stdout).toContain(claim);
    expect(stdout).toContain(source);
  }
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  const changes = stdout.match(/~?[-+]\d+\.\d %(?= \|)/g) ?? [];
  expect(changes.length).toBeGreaterThan(20);
  expect(changes.filter((change) => !change.startsWith('~'))).toEqual([]);
});

it('what was measured takes the place of its estimate, with its interval, in figures and verdicts', async () => {
  const { stdout } = await callCli(['claims', '--budget', '1ms', '--format', 'json']);
  const facts = JSON.parse(stdout) as ClaimFacts;
  const cells = facts.cells.map((cell) => ({
    ...cell,
    measured: cell.estimate.changes.map((change) => ({
      ...change,
      ...{ changePercent: -77, interval: { lower: -78, upper: -76 }, source: 'measured' as const },
    })),
  }));
  const page = claimsReports.table({ ...facts, cells });
  expect(page).not.toContain('~-');
  expect(page).toContain('-78.0 to -76.0 %');
  expect(page).not.toContain('Not reached for sure against');
  expect(claimsReports.table(facts)).toContain('Not reached for sure against');
});
