import { hostOf, portOf } from './host.ts';
import { isExempt } from './no-proxy.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy that the environment names, and the variable that does. */
interface NamedProxy {
  text: string;
  variable: string;
}

/**
 * The proxy that the environment names for a URL: `http_proxy` or `https_proxy`, else `all_proxy`, unless `no_proxy`
 * exempts its host; the lower-case spelling wins, an empty variable counts for nothing. As in curl, a loopback address
 * is no exception.
 */
export function proxyFromEnvironment(url: URL, environment: Environment): NamedProxy | undefined {
  const scheme = url.protocol.replace(':', '');
  const named = read(`${scheme}_proxy`, environment) ?? read('all_proxy', environment);
  const exempt = read('no_proxy', environment)?.text ?? '';
  return isExempt(exempt, hostOf(url.hostname), portOf(url)) ? undefined : named;
}

function read(name: string, environment: Environment): NamedProxy | undefined {
  for (const variable of [name, name.toUpperCase()]) {
    const text = environment[variable]?.trim();
    if (text !== undefined && text !== '') return { text, variable };
  }
  return undefined;
}
