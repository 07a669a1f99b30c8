import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/** Whom a client trusts, and as whom it presents itself. */
export interface Trust {
  /** PEM of certificates to trust beside the built-in ones. */
  ca?: string;
  /** Shown to a server that asks for a certificate. */
  identity?: Identity;
}

/** A client's certificate, the chain behind it included, and its private key: PEM texts. */
export interface Identity {
  cert: string;
  key: string;
}

/** Built once for every authority and identity: parsing certificates is no part of a handshake. */
const contexts = new Map<string, SecureContext>();

/** The context that OpenSSL needs to trust the built-in authorities and `ca`, and to answer as `identity`. */
export function trust({ ca, identity }: Trust): SecureContext {
  const key = JSON.stringify([ca, identity?.cert, identity?.key]);
  let context = contexts.get(key);
  if (context === undefined) {
    context = createSecureContext({
      ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
      ...identity,
    });
    contexts.set(key, context);
  }
  return context;
}
