import type { IncomingMessage } from 'node:http';

/** RFC 9110, section 7.6.1: these speak of one connection and go no further. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect']);
const replaced = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded']);

/** Whether the peer's own X-Forwarded-* are believed. */
export type TrustsPeer = (address: string) => boolean;

/**
 * The headers that go on, as a flat list of names and values so that repeated ones and their order stay.
 * @param raw Node's rawHeaders
 */
export function endToEndHeaders(raw: readonly string[]): string[] {
  const named = new Set(hopByHop);
  for (const [name, value] of pairs(raw)) {
    if (name.toLowerCase() === 'connection') for (const token of value.split(',')) named.add(token.trim().toLowerCase());
  }
  return pairs(raw).filter(([name]) => !named.has(name.toLowerCase())).flat();
}

/** What a request says to the app: end-to-end headers, and who really asked. Host stays: signatures cover it. */
export function forwardedHeaders(request: IncomingMessage, trustsPeer: TrustsPeer): string[] {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const isTrusted = trustsPeer(peer);
  const before = isTrusted ? request.headers['x-forwarded-for'] : undefined;
  const proto = isTrusted ? request.headers['x-forwarded-proto'] : undefined;
  const host = isTrusted ? request.headers['x-forwarded-host'] : undefined;
  const kept = pairs(endToEndHeaders(request.rawHeaders)).filter(([name]) => !replaced.has(name.toLowerCase()));
  return [
    ...kept.flat(),
    ...['X-Forwarded-For', before ? `${String(before)}, ${peer}` : peer],
    ...['X-Forwarded-Proto', String(proto ?? 'http')],
    ...['X-Forwarded-Host', String(host ?? request.headers.host ?? '')],
  ];
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[index * 2] ?? '', raw[index * 2 + 1] ?? '']);
}
