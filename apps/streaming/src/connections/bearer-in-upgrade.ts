import type { IncomingHttpHeaders } from 'node:http';

const TOKEN_CHARS_MAX = 512;
/** Browsers can set no other header on a WebSocket: the token stands where the protocol's name would. */
const PROTOCOL = /^[\w!#$%&'*+.^`|~-]+$/;

/** The token of a WebSocket's request: the Authorization header, `access_token` in the query, or the offered protocol. */
export function bearerInUpgrade(headers: IncomingHttpHeaders, query: URLSearchParams): string | null {
  const candidates = [
    /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '')?.[1],
    query.get('access_token'),
    protocolIn(headers),
  ];
  return candidates.find((text) => typeof text === 'string' && text !== '' && text.length <= TOKEN_CHARS_MAX) ?? null;
}

function protocolIn(headers: IncomingHttpHeaders): string | null {
  const first = (headers['sec-websocket-protocol'] ?? '').split(',', 1)[0]?.trim() ?? '';
  return PROTOCOL.test(first) ? first : null;
}
