import type { Endpoint } from '../../transport/transport.ts';

/** The base URLs that may have been meant: without a slash too many, without the `/responses` that we add ourselves, or with the `/v1` that most have. */
export function otherPaths(baseUrl: URL): URL[] {
  const path = baseUrl.pathname.replace(/\/+$/, '');
  const single = path.replace(/\/{2,}/g, '/');
  if (single !== path) return [withPath(baseUrl, single)];
  const shorter = path.replace(/\/responses$/, '');
  if (shorter !== path) return [withPath(baseUrl, shorter)];
  return path.endsWith('/v1') ? [] : [withPath(baseUrl, `${path}/v1`)];
}

/** The same address over TLS, or without. */
export function otherScheme(baseUrl: URL): URL {
  const protocol = baseUrl.protocol === 'https:' ? 'http:' : 'https:';
  return Object.assign(new URL(baseUrl), { protocol });
}

/**
 * The endpoint that a `Location` leads to; to another host no header of the user's goes, for it may hold a key. Undefined
 * where it is no address of responses.
 */
export function movedTo(endpoint: Endpoint, location: string): Endpoint | undefined {
  if (!URL.canParse(location, endpoint.baseUrl.href)) return undefined;
  const to = new URL(location, endpoint.baseUrl);
  const [, base, slash] = /^(.*)\/responses(\/?)$/.exec(to.pathname) ?? [];
  if (base === undefined || !/^https?:$/.test(to.protocol)) return undefined;
  const sameOrigin = to.origin === endpoint.baseUrl.origin;
  return {
    ...endpoint,
    baseUrl: withPath(to, base === '' ? '/' : base),
    slash: slash === '/',
    headers: sameOrigin ? endpoint.headers : ownHeaders(endpoint.headers),
  };
}

function ownHeaders(headers: Endpoint['headers']): Endpoint['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'user-agent'));
}

function withPath(url: URL, pathname: string): URL {
  return Object.assign(new URL(url), { pathname });
}
