import { UsageError } from '../../errors.ts';
import type { Identity } from '../../network/trust.ts';
import { baseUrlOf } from './base-url.ts';
import { checkHeaders } from './headers.ts';
import {
  type Provider,
  type ProviderName,
  providerNames,
  providers,
} from './settings/providers.ts';
import { type WayTo, waysFrom } from './way.ts';

/** A Responses API endpoint that isn't ours. */
export interface EndpointOptions {
  /** Base URL, such as `https://api.openai.com/v1`; of a provider, its host will do. @default the provider's */
  url?: string;
  /** Whose address, header of the key and limits hold. @default none: a URL says it all */
  provider?: ProviderName;
  /** @default the scenario's name, which our own server goes by */
  model?: string;
  /** Sent as `Authorization: Bearer …`, or as the provider has it. */
  apiKey?: string;
  headers?: Readonly<Record<string, string>>;
  /** PEM of a certificate authority to trust beside the built-in ones. */
  ca?: string;
  /** Shown to a server that asks for a client's certificate. */
  identity?: Identity;
  /** Accept any certificate of the endpoint. @default false */
  insecure?: boolean;
  /**
   * URL of a proxy to go through, user and password in it where it wants them; `none` goes direct.
   * @default what `HTTPS_PROXY` or `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say
   */
  proxy?: string;
  /** `host:port:address` in place of a name lookup, as curl's `--resolve`. */
  resolve?: readonly string[];
}

/** An endpoint that isn't ours, its options checked. */
export interface UrlTarget {
  kind: 'url';
  url: URL;
  wayTo: WayTo;
  model: string | undefined;
  options: EndpointOptions;
}

/**
 * An endpoint's options, checked.
 * @throws UsageError for the first value that is no good.
 */
export function checkEndpoint(options: EndpointOptions): UrlTarget {
  checkHeaders(options.headers ?? {});
  if (options.apiKey !== undefined) checkHeaders({ authorization: options.apiKey });
  if (options.model === '') throw new UsageError('model: expected a name, got an empty one');
  const url = addressOf(options);
  return { kind: 'url', url, wayTo: waysFrom(url, options), model: options.model, options };
}

/** Where a provider is: at the URL that was given, the path of which is the provider's where it has none. */
function addressOf({ url: text, provider: name }: EndpointOptions): URL {
  if (name !== undefined && !Object.hasOwn(providers, name)) {
    throw new UsageError(
      `provider: expected one of ${providerNames.join(', ')}, got ${JSON.stringify(name)}`,
    );
  }
  const provider: Provider | undefined = name && providers[name];
  const given = text ?? provider?.url;
  if (given === undefined) {
    throw new UsageError(
      `url: expected a base URL such as ${provider?.example ?? providers.openai.url}, got none`,
    );
  }
  const url = baseUrlOf(given);
  if (provider !== undefined && url.pathname === '/') url.pathname = provider.path;
  return url;
}
