import type { Provider } from '@nestjs/common';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { PagePorts } from './page-ports.js';

/** Injects `PagePorts`. */
export const PAGE_PORTS = Symbol('PAGE_PORTS');

export const pagePortsProvider: Provider = {
  provide: PAGE_PORTS,
  inject: [BACKBONE],
  useFactory: ({ store, policy, settings }: Backbone): PagePorts => ({ store, policy, settings, users: null }),
};
