/** Node's codes of a connection that did not come about, and what to do; the first that fits. */
const MENDS: readonly (readonly [code: RegExp, mend: string])[] = [
  [/^CERT_HAS_EXPIRED$/, 'The certificate has run out: renew it, and see why that did not happen by itself.'],
  [/^CERT_NOT_YET_VALID$/, 'The certificate begins later, or the clock of this machine is wrong.'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'The certificate is of other names: get one for this name (LOCAL_DOMAIN and WEB_DOMAIN each need theirs).'],
  [/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/, 'Nobody else trusts who signed this certificate: get one of a public authority (Caddy does so by itself; certbot for others).'],
  [/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/, 'The proxy sends its certificate without those in between (let it send the whole chain, fullchain.pem), or nobody else trusts who signed it.'],
  [/^(CERT_|ERR_TLS_CERT)/, 'Other servers refuse this certificate: get one of a public authority for this name.'],
  [/^(EPROTO|ERR_SSL_)/, 'What listens there does not speak TLS, or none that others do: let the proxy speak https on this port.'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'The name does not resolve: add an A or AAAA record for it.'],
  [/^ECONNREFUSED$/, 'Nothing listens there: start the proxy, and let it listen on this port.'],
  [/^(ECONNRESET|UND_ERR_SOCKET)$/, 'The connection was cut: look into the log of the proxy.'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|TIMEOUT)$/, 'No answer comes: let the firewall pass this port, and see that the address is the one of this server.'],
];

/** What to do when an address of one's own server could not be reached. */
export function mendOfUnreachable(error: unknown): string {
  const code = codeOf(error);
  return MENDS.find(([known]) => known.test(code))?.[1] ?? 'See that the server runs, that DNS and certificate are right, and that the firewall lets this port in.';
}

function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { readonly code?: unknown; readonly errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  return errors === undefined || errors.length === 0 ? '' : codeOf(errors[0]);
}
