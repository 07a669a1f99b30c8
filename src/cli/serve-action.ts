import { readFile } from 'node:fs/promises';
import { resolveOptions } from '../app/options.ts';
import { UsageError } from '../errors.ts';
import { parseFaults } from '../mock/fault-spec.ts';
import type { SoleScript } from '../mock/models.ts';
import { type MockOptions, startMock } from '../mock/server.ts';
import { writeWhole } from '../result/write.ts';
import { builtinNames } from '../scenario/builtin.ts';
import { expandScenario } from '../scenario/expand.ts';
import { loadScenario } from '../scenario/load.ts';
import { interruptible } from './interrupt.ts';
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
  seed: number;
  profile: string;
  apiKeyEnv?: string;
  singleLane?: true;
  maxAge?: number;
  fault?: string;
}

/** How long responses under way may take to end once the server is told to. */
const DRAIN_TIMEOUT_MS = 5000;

/** Serves until Ctrl-C or SIGTERM; the first line on stdout says where. */
export async function serveAction(flags: ServeFlags): Promise<void> {
  const options = await mockOptions(flags);
  await interruptible(async (signal) => {
    const mock = await startMock(options);
    try {
      if (flags.tlsCaOut !== undefined && mock.ca !== undefined) {
        await writeCertificate(flags.tlsCaOut, mock.ca);
      }
      process.stdout.write(`listening on ${mock.url}\n`);
      await aborted(signal);
    } finally {
      await mock.drain(DRAIN_TIMEOUT_MS);
    }
  });
}

async function mockOptions(flags: ServeFlags): Promise<MockOptions> {
  const { target } = resolveOptions({ mock: { profile: flags.profile }, seed: flags.seed });
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
    ...(apiKey !== undefined && { apiKey }),
    ...(flags.singleLane && { singleLane: true }),
    ...(flags.maxAge !== undefined && { maxAgeMs: flags.maxAge }),
    ...(flags.fault !== undefined && {
      faults: { rules: parseFaults(flags.fault, '--fault'), seed: flags.seed },
    }),
  };
}

async function soleScript({ script, calls, seed }: ServeFlags): Promise<SoleScript | undefined> {
  if (script === 'tool-loop') return { kind: 'tool-loop', calls: calls ?? 3 };
  if (calls !== undefined) throw new UsageError('--calls: goes with --script tool-loop');
  if (script === undefined) return undefined;
  return { kind: 'script', script: expandScenario(await loadScenario(script), seed) };
}

async function tlsOf(flags: ServeFlags): Promise<MockOptions['tls']> {
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

async function writeCertificate(file: string, pem: string): Promise<void> {
  try {
    await writeWhole(file, pem);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unwritable';
    throw new UsageError(
      `--tls-ca-out: expected a file that can be written, got ${file} (${code})`,
    );
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
