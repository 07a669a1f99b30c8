import { confirm } from '../terminal/confirm.ts';
import { endsByTime, type Planned, plannedCost } from './dry-run.ts';

/** The question before an endpoint that may cost money is used, where there is somebody to ask. */
export async function confirmCost(
  planned: readonly Planned[],
  { yes }: { yes?: true },
  signal: AbortSignal,
): Promise<boolean> {
  const target = planned[0]?.options.target;
  if (target?.kind !== 'url' || yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const { requests, inputTokens, outputTokens } = plannedCost(planned);
  const tokens = `about ${approximate(inputTokens)} input and ${approximate(outputTokens)} output tokens`;
  const each = planned.some(({ options }) => endsByTime(options)) ? ' for each round' : '';
  return confirm(
    `Send ${String(requests)} requests${each} (${tokens}) to ${target.url.host}?`,
    signal,
  );
}

function approximate(count: number): string {
  return Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 2 }).format(
    count,
  );
}
