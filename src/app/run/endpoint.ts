import { startMockProcess } from '../../mock/process/process.ts';
import { createLink } from '../../network/link.ts';
import type { Script } from '../../scenario/script.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { requestHeaders } from '../options/headers.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import { preflight } from './preflight.ts';

/** The endpoint to measure, up and answering. */
export interface OpenTarget {
  endpoint: Endpoint;
  model: string;
  /** How often the endpoint that was asked for sent us on; its requests go straight to where that led. */
  redirects: number;
  close(): Promise<void>;
}

/**
 * Starts the bundled mock with the script, or makes sure that the user's endpoint answers.
 * @throws RunError if it doesn't.
 */
export async function openTarget(
  { target, timeoutMs, link: settings, seed }: ResolvedOptions,
  script: Script,
  signal: AbortSignal,
): Promise<OpenTarget> {
  const link = settings && createLink(settings, seed);
  if (target.kind === 'mock') {
    const mock = await startMockProcess({
      host: '127.0.0.1',
      port: 0,
      tls: { kind: target.tls ? 'generated' : 'off' },
      scripts: [script],
      profile: target.profile,
      ...(target.fault && { faults: { rules: target.fault.rules, seed } }),
    });
    return {
      endpoint: {
        ...(link && { link }),
        baseUrl: new URL(mock.url),
        headers: requestHeaders(undefined),
        ...(mock.ca !== undefined && { ca: mock.ca }),
        insecure: false,
      },
      model: script.name,
      redirects: 0,
      close: () => mock.stop(),
    };
  }
  const { apiKey, headers, ca, insecure = false } = target.options;
  const endpoint: Endpoint = {
    baseUrl: target.url,
    headers: requestHeaders(apiKey, headers),
    ...(ca !== undefined && { ca }),
    insecure,
  };
  const found = await preflight(endpoint, timeoutMs, signal);
  return {
    endpoint: { ...found.endpoint, ...(link && { link }) },
    redirects: found.redirects,
    model: target.model ?? script.name,
    close: () => Promise.resolve(),
  };
}
