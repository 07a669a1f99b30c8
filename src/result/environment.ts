import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import type { Environment } from './schema.ts';

const require = createRequire(import.meta.url);

/** The machine and the software between us and the socket. */
export function readEnvironment(): Environment {
  return {
    node: process.versions.node,
    platform: process.platform,
    release: os.release(),
    arch: process.arch,
    cpuModel: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    ...tcpSettings(),
    versions: {
      undici: versionIn('undici/package.json'),
      ws: versionIn('ws/package.json'),
      openssl: process.versions.openssl,
    },
  };
}

/** Linux: tcp(7) names both settings. */
function tcpSettings(): Pick<Environment, 'tcp'> {
  try {
    const [congestionControl, slowStartAfterIdle] = [
      'congestion_control',
      'slow_start_after_idle',
    ].map((name) => readFileSync(`/proc/sys/net/ipv4/tcp_${name}`, 'utf8').trim());
    if (congestionControl === undefined) return {};
    return { tcp: { congestionControl, slowStartAfterIdle: slowStartAfterIdle === '1' } };
  } catch {
    return {};
  }
}

function versionIn(packageFile: string): string {
  return (require(packageFile) as { version: string }).version;
}
