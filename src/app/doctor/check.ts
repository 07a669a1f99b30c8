import type { Patient } from './patient.ts';

/** What a check found: `differs` is something else than the specification says, `not asked` says nothing of the endpoint. */
export const verdicts = ['yes', 'no', 'differs', 'not asked'] as const;
type Verdict = (typeof verdicts)[number];

/** A verdict with what it rests on. */
export interface Finding {
  verdict: Verdict;
  /** What came back, in a few words; nothing that the model said. */
  came: string;
}

/** One question to an endpoint. */
export interface Check {
  /** As the JSON has it. */
  name: string;
  title: string;
  /** What is sent, in a few words. */
  sent: string;
  /** Where a specification says so. */
  section?: string;
  /** Model calls that it takes. */
  calls: number;
  /** Checks without which it makes no sense to ask. */
  needs?: readonly string[];
  ask: (patient: Patient) => Promise<Finding>;
}

export function yes(came: string): Finding {
  return { verdict: 'yes', came };
}

export function no(came: string): Finding {
  return { verdict: 'no', came };
}

export function differs(came: string): Finding {
  return { verdict: 'differs', came };
}

export function notAsked(came: string): Finding {
  return { verdict: 'not asked', came };
}
