import type { BenchmarkOptions } from '../../app/options/resolve.ts';
import { confirm } from '../terminal/confirm.ts';
import { plannedCost } from './dry-run.ts';

/** Asks before an endpoint that may cost money is used, where there is somebody to ask. */
export async function confirmCost(
  scenarios: readonly string[],
  options: BenchmarkOptions,
  { yes }: { yes?: true },
  signal: AbortSignal,
): Promise<boolean> {
  if (options.endpoint === undefined || yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const { requests, inputTokens, outputTokens } = await plannedCost(scenarios, options);
  const { host } = new URL(options.endpoint.url);
  const tokens = `about ${approximate(inputTokens)} input and ${approximate(outputTokens)} output tokens`;
  return confirm(`Send ${String(requests)} requests (${tokens}) to ${host}?`, signal);
}

function approximate(count: number): string {
  return Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 2 }).format(
    count,
  );
}
