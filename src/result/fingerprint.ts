import { createHash } from 'node:crypto';
import type { Environment, Fingerprint, Run } from './schema.ts';

/**
 * The fingerprint that two results must share to be compared: the work, the transports, the kind of endpoint with its profile
 * and link, and the machine. Host and port, of an endpoint as of a proxy, are facts of the run, not part of it.
 */
export function fingerprintOf(
  run: Pick<Run, 'scenario' | 'options' | 'endpoint'>,
  environment: Pick<Environment, 'node' | 'cpuModel'>,
): Fingerprint {
  const { kind, profile, link, fault, cacheOff, proxy } = run.endpoint;
  return {
    scenario: run.scenario.sha256,
    transports: run.options.transports.toSorted(),
    link,
    endpoint: kind,
    profile: profile === null ? null : sha256OfJson(profile),
    ...(fault !== undefined && { fault }),
    ...(cacheOff !== undefined && { cacheOff: cacheOff.toSorted() }),
    ...(proxy !== undefined && { proxied: true }),
    nodeMajor: Number.parseInt(environment.node, 10),
    cpuModel: environment.cpuModel,
  };
}

function sha256OfJson(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
