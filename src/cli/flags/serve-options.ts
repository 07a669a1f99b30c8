import { readFile } from 'node:fs/promises';
import { resolveOptions } from '../../app/options/resolve.ts';
import { UsageError } from '../../errors.ts';
import { parseFaults, spellOutFaults } from '../../mock/fault/spec.ts';
import type { CacheLimits } from '../../mock/memory/session-cache.ts';
import { DEFAULT_CALLS, type SoleScript } from '../../mock/model/models.ts';
import { parseCacheOff } from '../../mock/profile/cache-off.ts';
import type { MockOptions } from '../../mock/server.ts';
import { builtinNames } from '../../scenario/builtin.ts';
import { expandScenario } from '../../scenario/expand.ts';
import { loadScenario } from '../../scenario/load.ts';
import { keyFrom } from './key.ts';

/** The flags of `serve` as commander hands them over. */
export interface ServeFlags {
  port: number;
  host: string;
  tls?: true;
  tlsCaOut?: string;
  tlsCert?: string;
  tlsKey?: string;
  script?: string;
  calls?: number;
  parallel?: number;
  seed: number;
  profile: string;
  apiKeyEnv?: string;
  allowOrigin?: string[];
  singleLane?: true;
  maxAge?: number;
  cacheEntries?: number;
  cacheBytes?: number;
  cacheTotalBytes?: number;
  cacheIdle?: number;
  cacheOff?: string[];
  fault?: string[];
}

/** Flags to what the mock is started with. */
export async function serveOptions(flags: ServeFlags): Promise<MockOptions> {
  const { target } = await resolveOptions({ mock: { profile: flags.profile }, seed: flags.seed });
  if (target.kind !== 'mock') throw new Error('serve has no endpoint');
  const script = await soleScript(flags);
  const apiKey = flags.apiKeyEnv === undefined ? undefined : keyFrom(flags.apiKeyEnv);
  return {
    host: flags.host,
    port: flags.port,
    tls: await tlsOf(flags),
    scripts: await Promise.all(
      builtinNames.map(async (name) => expandScenario(await loadScenario(name), flags.seed)),
    ),
    ...(script && { script }),
    profile: target.profile,
    cacheOff: parseCacheOff(flags.cacheOff ?? [], '--cache-off'),
    cache: cacheLimits(flags),
    seed: flags.seed,
    ...(apiKey !== undefined && { apiKey }),
    ...(flags.allowOrigin && { allowOrigin: flags.allowOrigin.map(originFrom) }),
    ...(flags.singleLane && { singleLane: true }),
    ...(flags.maxAge !== undefined && { maxAgeMs: flags.maxAge }),
    ...(flags.fault && {
      fault: {
        spec: spellOutFaults(flags.fault.join(',')),
        rules: parseFaults(flags.fault.join(','), '--fault'),
        seed: flags.seed,
      },
    }),
  };
}

/** As browsers write it, or `*`. */
function originFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (text === '*' || (url !== undefined && url.origin !== 'null' && url.pathname === '/')) {
    return url?.origin ?? text;
  }
  throw new UsageError(
    `--allow-origin: expected an origin such as http://app.example:3000, or *; got ${JSON.stringify(text)}`,
  );
}

async function soleScript(flags: ServeFlags): Promise<SoleScript | undefined> {
  const { script, calls, parallel, seed } = flags;
  if (script === 'tool-loop') {
    return { kind: 'tool-loop', calls: calls ?? DEFAULT_CALLS, parallel: parallel ?? 1 };
  }
  if (calls !== undefined) throw new UsageError('--calls: goes with --script tool-loop');
  if (parallel !== undefined) throw new UsageError('--parallel: goes with --script tool-loop');
  if (script === undefined) return undefined;
  return { kind: 'script', script: expandScenario(await loadScenario(script), seed) };
}

function cacheLimits(flags: ServeFlags): Partial<CacheLimits> {
  const { cacheEntries, cacheBytes, cacheTotalBytes, cacheIdle } = flags;
  return {
    ...(cacheEntries !== undefined && { maxEntries: cacheEntries }),
    ...(cacheBytes !== undefined && { maxBytes: cacheBytes }),
    ...(cacheTotalBytes !== undefined && { maxTotalBytes: cacheTotalBytes }),
    ...(cacheIdle !== undefined && { idleMs: cacheIdle }),
  };
}

async function tlsOf(flags: ServeFlags): Promise<NonNullable<MockOptions['tls']>> {
  const { tls, tlsCaOut, tlsCert, tlsKey } = flags;
  if (tls === undefined) {
    if (tlsCaOut === undefined && tlsCert === undefined && tlsKey === undefined) {
      return { kind: 'off' };
    }
    throw new UsageError('--tls-ca-out, --tls-cert and --tls-key go with --tls');
  }
  if (tlsCert === undefined && tlsKey === undefined) return { kind: 'generated' };
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UsageError('--tls-cert and --tls-key: expected both or neither');
  }
  if (tlsCaOut !== undefined) {
    throw new UsageError('--tls-ca-out: writes a certificate made at start; leave out --tls-cert');
  }
  return {
    kind: 'files',
    cert: await readPem('--tls-cert', tlsCert),
    key: await readPem('--tls-key', tlsKey),
  };
}

async function readPem(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new UsageError(`${flag}: expected a PEM file, got ${file} (${code})`);
  }
}
