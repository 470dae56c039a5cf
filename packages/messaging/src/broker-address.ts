import type { NodeConnectionOptions } from '@nats-io/transport-node';

/**
 * Reads NATS_URL: one address or several with commas, `nats://` or `tls://`, with `user:password@` or
 * `token@` on the first. @throws TypeError with a sentence that never repeats the credentials.
 */
export function readBrokerAddresses(addresses: string): NodeConnectionOptions {
  const urls = addresses.split(',').map((text) => parseAddress(text.trim()));
  const first = urls[0];
  if (first === undefined) throw new TypeError('NATS_URL is empty');
  const user = decodeURIComponent(first.username);
  const pass = decodeURIComponent(first.password);
  return {
    servers: urls.map((url) => `${url.hostname}:${url.port === '' ? '4222' : url.port}`),
    ...(urls.some((url) => url.protocol === 'tls:') ? { tls: {} } : {}),
    ...(user === '' ? {} : pass === '' ? { token: user } : { user, pass }),
  };
}

function parseAddress(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`);
  if (url === null || url.hostname === '' || (url.protocol !== 'nats:' && url.protocol !== 'tls:')) {
    throw new TypeError('NATS_URL must look like nats://host:4222, tls://host:4222 or several of them with commas');
  }
  return url;
}
