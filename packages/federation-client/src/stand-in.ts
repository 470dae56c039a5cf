import { connect, type LookupFunction } from 'node:net';
import type { buildConnector } from 'undici';
import type { StandIn } from './settings.js';

/** Opens every connection at the stand-in, once the name was found and judged; see `FederationHttpSettings.standIn`. */
export function standInConnector({ host, port }: StandIn, lookup: LookupFunction): buildConnector.connector {
  return ({ hostname }, callback) =>
    lookup(hostname, { all: true }, (refused) => {
      if (refused !== null) return callback(refused, null);
      const socket = connect({ host, port });
      const fail = (error: Error): void => callback(error, null);
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        callback(null, socket);
      });
    });
}
