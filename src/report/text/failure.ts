import type { Failure } from '../../result/record.ts';

/** The kind, status and code of a failure in a few words; many services give the status as their code. */
export function failureText({ kind, status, code }: Failure): string {
  const own = code === String(status) ? undefined : code;
  return [kind.replaceAll('_', ' '), status, own].filter((part) => part !== undefined).join(' ');
}
