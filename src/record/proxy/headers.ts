/*
 * Headers as they came, name and value in turn: spelling, order and repetitions are kept.
 */

/** The headers of a request on its way to `host`. HTTP/2's own fields are left out. */
export function towards(host: string, rawHeaders: readonly string[]): string[] {
  const headers = pairs(rawHeaders).filter(([name]) => !name.startsWith(':'));
  const isHost = ([name]: [string, string]) => name.toLowerCase() === 'host';
  const named: [string, string][] = headers.some(isHost) ? headers : [['Host', host], ...headers];
  return named.flatMap((header) => (isHost(header) ? [header[0], host] : header));
}

/** The headers of an answer that goes out over HTTP/2, which has no word for what is between two hops. */
export function overHttp2(rawHeaders: readonly string[]): string[] {
  return pairs(rawHeaders)
    .filter(([name]) => !hopByHop.has(name.toLowerCase()))
    .flat();
}

/** The one value of a header, in lower case; '' without. */
export function valueOf(rawHeaders: readonly string[], wanted: string): string {
  const found = pairs(rawHeaders).find(([name]) => name.toLowerCase() === wanted);
  return found?.[1].toLowerCase() ?? '';
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

function pairs(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  );
}
