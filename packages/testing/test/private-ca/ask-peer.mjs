// Run as a process of its own: Node reads NODE_EXTRA_CA_CERTS once, at its start.
import { FederationHttp } from '@trunkline/federation-client';

const [, , url] = process.argv;
const federation = new FederationHttp({
  httpHosts: [],
  allowedPrivateAddresses: ['127.0.0.0/8', '::1/128'],
  userAgent: 'test',
  isHostBlocked: () => false,
});
const found = await federation.fetchObject(url);
console.log(JSON.stringify(found.ok ? { id: found.value.id } : { code: found.error.code }));
await federation.close();
