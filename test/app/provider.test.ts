import { describe, expect, it } from 'vitest';
import { runBenchmark } from '../../src/app/benchmark.ts';
import { checkEndpoint } from '../../src/app/options/endpoint.ts';
import { resolveOptions } from '../../src/app/options/resolve.ts';
import {
  type ProviderName,
  providerNames,
  providers,
} from '../../src/app/options/settings/providers.ts';
import { type TransportName, transports } from '../../src/transport/index.ts';
import { endpointThatRefuses } from '../support/refusing-endpoint.ts';
import { smallScript } from '../support/script.ts';

const all = Object.keys(transports) as TransportName[];
const proxy = 'none';

describe('the address of a provider', () => {
  it.each<[string, ProviderName, string | undefined, string]>([
    ['its own', 'openai', undefined, 'https://api.openai.com/v1'],
    ['with a path of more parts', 'openrouter', undefined, 'https://openrouter.ai/api/v1'],
    [
      'the host alone, of a customer',
      'azure',
      'https://mine.openai.azure.com',
      'https://mine.openai.azure.com/openai/v1',
    ],
    ['a path of its own', 'azure', 'https://gateway.example/a/v1', 'https://gateway.example/a/v1'],
    [
      'a query stays',
      'azure',
      'https://mine.example/?api-version=preview',
      'https://mine.example/openai/v1?api-version=preview',
    ],
  ])('%s', (_, provider, url, address) => {
    expect(checkEndpoint({ provider, ...(url && { url }), proxy }).url.href).toBe(address);
  });

  it('is asked for where every customer has one', () => {
    expect(() => checkEndpoint({ provider: 'azure' })).toThrow(
      'url: expected a base URL such as https://<resource>.openai.azure.com/openai/v1, got none',
    );
  });

  it('is not known of one that is not in the table', () => {
    expect(() => checkEndpoint({ provider: 'acme' as ProviderName })).toThrow(
      /^provider: expected one of openai, azure, .*, got "acme"$/,
    );
  });

  it.each(providerNames)('%s has one that holds its path', (name) => {
    const { example, path } = providers[name];
    expect(example.endsWith(path) && path.startsWith('/')).toBe(true);
  });
});

it.each<[ProviderName, TransportName[]]>([
  ['openai', []],
  ['azure', []],
  ['xai', []],
  ['vercel', []],
  ['openrouter', ['http-chained', 'ws-full', 'ws', 'ws-warm']],
])('%s has no way to carry %j', async (provider, unsupported) => {
  const endpoint = { provider, url: 'https://127.0.0.1:1', proxy };
  const resolved = await resolveOptions({ endpoint, transports: all });
  expect(resolved.unsupported.map(({ transport }) => transport)).toEqual(unsupported);
  expect(resolved.transports).toEqual(all.filter((name) => !unsupported.includes(name)));
});

it('a run of nothing that the provider has is a mistake', async () => {
  const endpoint = { provider: 'openrouter' as const, proxy };
  await expect(resolveOptions({ endpoint, transports: ['ws'] })).rejects.toThrow(
    'transports: expected some that openrouter supports, got ws (it documents no WebSocket mode)',
  );
});

it('what a provider has no way to do is told, and no failure', async () => {
  const { port, protocols } = await endpointThatRefuses(() => undefined);
  const {
    run,
    warnings,
    transports: measured,
  } = await runBenchmark({
    scenario: smallScript,
    endpoint: { provider: 'openrouter', url: `http://127.0.0.1:${port}`, proxy },
    transports: ['http', 'http-chained', 'ws'],
    iterations: 1,
    warmup: 0,
    calibrate: false,
  });
  expect(Object.keys(measured)).toEqual(['http']);
  expect(measured['http']?.workflows).toMatchObject({ completed: 1, failed: 0 });
  expect(protocols).toEqual([]);
  expect(run.endpoint).toMatchObject({
    provider: 'openrouter',
    url: `http://127.0.0.1:${port}/api/v1`,
  });
  expect(warnings.filter(({ code }) => code === 'unsupported')).toMatchObject([
    { transport: 'http-chained' },
    {
      transport: 'ws',
      message: expect.stringMatching(/^ws: unsupported by openrouter, .*WebSocket/) as string,
    },
  ]);
});

it.each<[ProviderName, string, string]>([
  ['azure', 'api-key', 'sk-1'],
  ['xai', 'authorization', 'Bearer sk-1'],
])('%s is given the key in %s, on every transport', async (provider, header, value) => {
  const { port, headers } = await endpointThatRefuses(() => undefined);
  await runBenchmark({
    scenario: smallScript,
    endpoint: { provider, url: `http://127.0.0.1:${port}`, apiKey: 'sk-1', proxy },
    transports: ['http', 'ws'],
    iterations: 1,
    warmup: 0,
    calibrate: false,
  });
  const keys = headers.map((each) => [each.authorization, each['api-key']].filter(Boolean));
  expect(keys.length).toBeGreaterThan(2);
  for (const [index, each] of headers.entries()) {
    expect(each[header]).toBe(value);
    expect(keys[index]).toHaveLength(1);
  }
});
