import { startMockProcess } from '../../mock/process/process.ts';
import type { MockDescription } from '../../protocol/mock-identity.ts';
import type { Script } from '../../scenario/script.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { preflight } from '../endpoint/preflight.ts';
import { requestHeaders } from '../options/headers.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import { providers } from '../options/settings/providers.ts';
import { drawsOf } from '../options/shard.ts';

/** The endpoint to measure, up and answering. */
export interface OpenTarget {
  endpoint: Endpoint;
  model: string;
  /** Aborts when the bundled mock is gone, with a reason fit for the terminal. */
  gone?: AbortSignal;
  /** How often the endpoint that was asked for sent us on; its requests go straight to where that led. */
  redirects: number;
  /** What the endpoint says of itself, where it is a mock of ours. */
  mock?: MockDescription;
  close(): Promise<void>;
}

/**
 * An open target: the bundled mock with the script, or the user's endpoint, which was seen to answer. Called off on the
 * way, it gives back where it would have gone: the run ends there, without a round, and has a result to say so.
 * @throws RunError if it doesn't.
 */
export async function openTarget(
  options: ResolvedOptions,
  script: Script,
  signal: AbortSignal,
): Promise<OpenTarget> {
  const opened = await openPlain(options, script, signal);
  const { webSocketProtocols } = options.request;
  return { ...opened, endpoint: { ...opened.endpoint, webSocketProtocols } };
}

async function openPlain(
  { target, timeoutMs, ...order }: ResolvedOptions,
  script: Script,
  signal: AbortSignal,
): Promise<OpenTarget> {
  if (target.kind === 'mock') {
    try {
      return await openMock(target, script, drawsOf(order), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return unopened(target, script);
    }
  }
  const { apiKey, headers, ca, provider, insecure = false } = target.options;
  const endpoint: Endpoint = {
    baseUrl: target.url,
    headers: requestHeaders(apiKey, headers, provider && providers[provider].keyHeader),
    ...(ca !== undefined && { ca }),
    insecure,
  };
  return {
    ...(await preflight(endpoint, target.wayTo, timeoutMs, signal)),
    model: target.model ?? script.name,
    close: () => Promise.resolve(),
  };
}

type MockTarget = Extract<ResolvedOptions['target'], { kind: 'mock' }>;

async function openMock(
  target: MockTarget,
  script: Script,
  seed: number,
  signal: AbortSignal,
): Promise<OpenTarget> {
  const mock = await startMockProcess(
    {
      tls: { kind: target.tls ? 'generated' : 'off' },
      scripts: [script],
      profile: target.profile,
      cacheOff: target.cacheOff,
      seed,
      ...(target.fault && { fault: { ...target.fault, seed } }),
    },
    signal,
  );
  return {
    endpoint: {
      baseUrl: new URL(mock.url),
      headers: requestHeaders(undefined),
      ...(mock.ca !== undefined && { ca: mock.ca }),
      insecure: false,
    },
    model: script.name,
    redirects: 0,
    gone: mock.gone,
    close: () => mock.stop(),
  };
}

function unopened({ tls }: MockTarget, script: Script): OpenTarget {
  return {
    endpoint: {
      baseUrl: new URL(`${tls ? 'https' : 'http'}://127.0.0.1/v1`),
      headers: {},
      insecure: false,
    },
    model: script.name,
    redirects: 0,
    close: () => Promise.resolve(),
  };
}
