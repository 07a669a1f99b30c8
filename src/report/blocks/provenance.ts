import type { Result } from '../../result/schema.ts';
import type { Fact } from './block.ts';

/** The heading above what makes two results alike. */
export const provenanceTitle = 'Fingerprint and environment';

/** What a result is known by: results are alike where their fingerprints are equal. */
export function provenanceOf({ run, environment, tool }: Result): Fact[] {
  const { fingerprint } = run;
  return [
    { label: 'run', lines: [`${run.id}, begun ${run.startedAt}, ended ${run.finishedAt}`] },
    { label: 'tool', lines: [`${tool.name} ${tool.version}`] },
    {
      label: 'fingerprint',
      lines: Object.entries(fingerprint).map(([key, value]) => `${key}: ${textOf(value)}`),
    },
    {
      label: 'options',
      lines: Object.entries(run.options).map(([key, value]) => `${key}: ${textOf(value)}`),
    },
    {
      label: 'machine',
      lines: Object.entries(environment)
        .filter(([key]) => key !== 'noise')
        .map(([key, value]) => `${key}: ${textOf(value)}`),
    },
  ];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
