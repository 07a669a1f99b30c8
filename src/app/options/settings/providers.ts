import type { TransportPolicy } from '../../../transport/index.ts';

/** A service that hosts the Responses API: how it is addressed, how it takes a key, and what it has no way to do. */
export interface Provider {
  /** Its base URL; undefined where every customer has a host of their own, as in `example`. */
  url: string | undefined;
  example: string;
  /** The path of a base URL that names the host alone. */
  path: string;
  keyVariable: string;
  keyHeader: 'authorization' | 'api-key';
  /** Why it can't, for each thing that some transports need. */
  unsupported: Partial<Record<'websocket' | 'store', string>>;
}

/**
 * The providers by name, as their documentation had it in autumn 2026:
 *
 * - openai: https://developers.openai.com/api/docs/guides/websocket-mode
 * - azure: https://learn.microsoft.com/en-us/azure/foundry/openai/how-to/websockets
 * - xai: https://docs.x.ai/developers/advanced-api-usage/websocket-mode (stores for 30 days)
 * - vercel: https://vercel.com/docs/ai-gateway/sdks-and-apis/responses/websockets (that it stores is said nowhere: tried)
 * - openrouter: https://openrouter.ai/docs/api/reference/responses/overview ("stateless"; a WebSocket mode is named nowhere)
 *
 * None says whether it speaks HTTP/2 to API clients: that is tried.
 */
export const providers = {
  openai: {
    ...at('https://api.openai.com/v1'),
    keyVariable: 'OPENAI_API_KEY',
    keyHeader: 'authorization',
    unsupported: {},
  },
  azure: {
    ...at('https://<resource>.openai.azure.com/openai/v1'),
    url: undefined,
    keyVariable: 'AZURE_OPENAI_API_KEY',
    keyHeader: 'api-key',
    unsupported: {},
  },
  xai: {
    ...at('https://api.x.ai/v1'),
    keyVariable: 'XAI_API_KEY',
    keyHeader: 'authorization',
    unsupported: {},
  },
  vercel: {
    ...at('https://ai-gateway.vercel.sh/v1'),
    keyVariable: 'AI_GATEWAY_API_KEY',
    keyHeader: 'authorization',
    unsupported: {},
  },
  openrouter: {
    ...at('https://openrouter.ai/api/v1'),
    keyVariable: 'OPENROUTER_API_KEY',
    keyHeader: 'authorization',
    unsupported: {
      websocket: 'it documents no WebSocket mode',
      store: 'it keeps no responses to go on from',
    },
  },
} as const satisfies Record<string, Provider>;

export type ProviderName = keyof typeof providers;

/** Their names, for flags and config files. */
export const providerNames = Object.keys(providers) as ProviderName[];

/** Why a provider has no way to carry a transport; undefined where it may have one. */
export function whyUnsupported(
  { unsupported }: Provider,
  { connection, store }: TransportPolicy,
): string | undefined {
  if (connection === 'websocket' && unsupported.websocket !== undefined) {
    return unsupported.websocket;
  }
  return store ? unsupported.store : undefined;
}

function at<Url extends string>(url: Url): { url: Url; example: Url; path: string } {
  return { url, example: url, path: url.replace(/^https:\/\/[^/]+/, '') };
}
