import type { Failure } from '../result/record.ts';
import type { Result } from '../result/schema.ts';
import { formatCount } from './format.ts';

const SHOWN_KINDS = 5;

/** Why workflows failed, per transport, the most frequent reason first: `ws: 3 workflows failed: timeout (2), …`. */
export function failureLines({ run, transports, rounds }: Result): string[] {
  return run.options.transports.flatMap((name) => {
    const failed = transports[name]?.workflows.failed ?? 0;
    if (failed === 0) return [];
    const reasons = rounds
      .flatMap((round) => round.workflows[name] ?? [])
      .filter((workflow) => workflow.state === 'failed')
      .map((workflow) => reasonOf(workflow.steps.find((step) => step.state === 'failed')?.failure));
    return [`${name}: ${formatCount(failed, 'workflow')} failed: ${mostFrequent(reasons)}`];
  });
}

function reasonOf(failure: Failure | undefined): string {
  if (failure === undefined) return 'no step says why';
  const { kind, status, code } = failure;
  return [kind.replaceAll('_', ' '), status, code].filter((part) => part !== undefined).join(' ');
}

function mostFrequent(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, SHOWN_KINDS).map(([reason, count]) => `${reason} (${count})`);
  const rest = sorted.length - shown.length;
  return shown.join(', ') + (rest > 0 ? `, and ${rest} other reasons` : '');
}
