/** What to say of a handshake that failed, and what to do about it; undefined where its code says nothing. */
export function tlsAdvice(
  code: string | undefined,
  showsCertificate: boolean,
): { what: string; advice: string } | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      what: 'TLS failed',
      advice:
        'use that name in --url, and --resolve <name>:<port>:<address> if it leads elsewhere; -k accepts any certificate',
    };
  }
  if (code === 'ECONNRESET' && showsCertificate) {
    return {
      what: 'the server ended the TLS handshake',
      advice: 'does it refuse the certificate that --cert shows?',
    };
  }
  const alert = /_ALERT_(\w+)$/.exec(code ?? '')?.[1];
  if (alert === undefined || !aboutCertificate.has(alert)) return undefined;
  if (showsCertificate) {
    return {
      what: "the server refused the client's certificate",
      advice: 'does it trust the authority behind --cert? The chain goes in that file too',
    };
  }
  return alert === 'HANDSHAKE_FAILURE'
    ? {
        what: 'the server refused the TLS handshake',
        advice: `it may want a client's certificate: ${showOne}`,
      }
    : { what: "the server wants a client's certificate", advice: showOne };
}

/** How a client's certificate is shown. */
export const showOne = '--cert <file> shows one, --key <file> names its private key';

const aboutCertificate: ReadonlySet<string> = new Set([
  'ACCESS_DENIED',
  'BAD_CERTIFICATE',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_REQUIRED',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_UNKNOWN',
  'HANDSHAKE_FAILURE',
  'UNKNOWN_CA',
  'UNSUPPORTED_CERTIFICATE',
]);
