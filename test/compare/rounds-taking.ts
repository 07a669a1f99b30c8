import type { RoundRecord, WorkflowRecord } from '../../src/result/record.ts';
import { madeUpRounds } from '../result/made-up.ts';

/** Rounds in which the workflow of every arm takes what is given for it, in µs. */
export function roundsTaking(e2eUs: Readonly<Record<string, readonly number[]>>): RoundRecord[] {
  const names = Object.keys(e2eUs);
  const [template] = madeUpRounds(names, 1, 1);
  const workflowOf = (name: string, index: number): WorkflowRecord => {
    const workflow = template?.workflows[name];
    const us = e2eUs[name]?.[index];
    if (workflow === undefined || us === undefined) throw new Error(`no time for ${name}`);
    return { ...workflow, e2eUs: us };
  };
  return (e2eUs[names[0] ?? ''] ?? []).map((_, index) => ({
    index,
    order: names,
    workflows: Object.fromEntries(names.map((name) => [name, workflowOf(name, index)])),
  }));
}
