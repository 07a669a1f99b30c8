import type { RoundRecord, WorkflowRecord } from '../../../src/result/record.ts';

/** A workflow that was due, began and took so long, in ms. */
export interface Arrived {
  window: number;
  atMs: number;
  delayMs?: number;
  takesMs: number;
  state?: WorkflowRecord['state'];
  heldBack?: true;
  perSecond?: number;
}

/** Rounds of one transport's workflows, with what figures under load look at. */
export function arrivedRounds(arrived: readonly Arrived[], name = 'ws'): RoundRecord[] {
  return arrived.map((each, index) => {
    const { window, atMs, delayMs = 0, takesMs, state = 'completed', heldBack, perSecond } = each;
    const workflow = {
      ...{ state, e2eUs: takesMs * 1000, dispatchDelayUs: delayMs * 1000, steps: [] },
      ...(heldBack && { heldBack }),
    } as unknown as WorkflowRecord;
    const arrival = { window, atUs: Math.round(atMs * 1000), ...(perSecond && { perSecond }) };
    return { index, order: [name], workflows: { [name]: workflow }, arrival };
  });
}
