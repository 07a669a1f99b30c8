import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Our own version, from the package file: one level up, from src/ and from dist/ alike. */
export function toolVersion(): string {
  return (require('../package.json') as { version: string }).version;
}
