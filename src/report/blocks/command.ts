import type { Result } from '../../result/schema.ts';

/**
 * The command line that makes such a run again, from what its result holds: keys, headers, certificates and files are not
 * in a result, so a run that needed them needs them again.
 */
export function commandOf({ run }: Result): string {
  const { options, endpoint, scenario, seed, stop, shard } = run;
  const { link, profile } = endpoint;
  const flags: (string | undefined)[] = [
    endpoint.kind === 'url' ? `--url ${quoted(endpoint.url)}` : undefined,
    endpoint.provider === undefined ? undefined : `--provider ${quoted(endpoint.provider)}`,
    endpoint.kind === 'url' && options.model !== undefined
      ? `--model ${quoted(options.model)}`
      : undefined,
    profile === null ? undefined : `--profile ${quoted(profile.name)}`,
    endpoint.kind === 'mock' && endpoint.url.startsWith('http:') ? '--no-tls' : undefined,
    ...(endpoint.fault?.split(',').map((fault) => `--fault ${quoted(fault)}`) ?? []),
    ...(link === null ? [] : linkFlags(link)),
    `-t ${quoted(options.transports.join(','))}`,
    stop?.untilPercent == null ? `-n ${options.iterations}` : `--until ${stop.untilPercent}%`,
    `-w ${options.warmup}`,
    `-c ${options.concurrency}`,
    options.workers === undefined ? undefined : `--workers ${options.workers}`,
    options.toolTime === 'recorded' ? undefined : `--tool-time ${options.toolTime}`,
    options.aa === true ? '--aa' : undefined,
    options.recovery && options.recovery.retries > 0
      ? `--retries ${options.recovery.retries}`
      : undefined,
    options.recovery?.fallback === false ? '--no-fallback' : undefined,
    `--seed ${seed}`,
    shard && `--shard ${shard.index}/${shard.count}`,
  ];
  const given = flags.filter((flag) => flag !== undefined);
  return `agent-latency-bench run ${quoted(scenario.name)} ${given.join(' ')}`;
}

function linkFlags(link: NonNullable<Result['run']['endpoint']['link']>): string[] {
  const { rttMs, bandwidthBitsPerSecond, jitterMs, slowStart, idleRestart, cutIdleMs } = link;
  return [
    `--rtt ${rttMs}ms`,
    ...(bandwidthBitsPerSecond === null ? [] : [`--bandwidth ${bandwidthBitsPerSecond}bps`]),
    ...(jitterMs === 0 ? [] : [`--jitter ${jitterMs}ms`]),
    ...(slowStart ? [] : ['--no-slow-start']),
    ...(idleRestart === false ? ['--no-idle-restart'] : []),
    ...(cutIdleMs === undefined ? [] : [`--link-cut ${cutIdleMs}ms`]),
  ];
}

/** As a POSIX shell takes it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
