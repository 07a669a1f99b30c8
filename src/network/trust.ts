import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/** Built once for every authority: parsing certificates is no part of a handshake. */
const contexts = new Map<string, SecureContext>();

/** What a client trusts: the built-in authorities, and those in the PEM text `ca` too. */
export function trust(ca = ''): SecureContext {
  let context = contexts.get(ca);
  if (context === undefined) {
    context = createSecureContext(ca === '' ? {} : { ca: [...rootCertificates, ca] });
    contexts.set(ca, context);
  }
  return context;
}
