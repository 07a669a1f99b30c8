import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { UsageError } from '../../errors.ts';
import { type Identity, trust } from '../../network/trust.ts';

/**
 * A client's certificate and key, as they came.
 * @throws UsageError if either is no PEM, the key needs a passphrase, or they don't belong together; nothing of either is
 *   repeated.
 */
export function checkIdentity(identity: Identity): Identity {
  const certificate = certificateOf(identity.cert);
  if (!certificate.checkPrivateKey(keyOf(identity.key))) {
    throw new UsageError(
      'key: expected the private key of the first certificate in cert, got that of another',
    );
  }
  try {
    trust({ identity });
  } catch (error) {
    const { reason = 'no reason given' } = error as { reason?: string };
    throw new UsageError(`cert: expected a certificate fit for TLS, got one refused: ${reason}`);
  }
  return identity;
}

function certificateOf(cert: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch {
    throw new UsageError("cert: expected PEM, the client's own certificate first");
  }
}

function keyOf(key: string): KeyObject {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(key)) {
    throw new UsageError(
      'key: expected one without a passphrase, which would have to be typed or kept somewhere; `openssl pkey -in key.pem -out plain.pem` takes it off',
    );
  }
  try {
    return createPrivateKey(key);
  } catch {
    throw new UsageError('key: expected a private key in PEM');
  }
}
