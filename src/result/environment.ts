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
    versions: {
      undici: versionIn('undici/package.json'),
      ws: versionIn('ws/package.json'),
      openssl: process.versions.openssl,
    },
  };
}

/** Our own version, from the package file: two levels up, from src/ and from dist/ alike. */
export function toolVersion(): string {
  return versionIn('../../package.json');
}

function versionIn(packageFile: string): string {
  return (require(packageFile) as { version: string }).version;
}
