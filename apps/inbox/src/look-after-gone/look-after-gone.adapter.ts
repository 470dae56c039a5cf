import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { FederationReads, inShare } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { lookAfterGone } from './look-after-gone.js';

const EVERY_MS = 30_000;

/** Looks now and then, in every copy: of several one gets each inbox. */
@Injectable()
export class LookAfterGoneAdapter implements OnApplicationBootstrap {
  private underWay: Promise<number> | null = null;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  onApplicationBootstrap(): void {
    const { shutdown } = this.backbone.parts;
    const timer = setInterval(() => void this.look(), EVERY_MS);
    shutdown.register('stop-consuming', 'gone inboxes', () => clearInterval(timer));
    shutdown.register('finish', 'gone inboxes', async () => void (await this.underWay));
  }

  /** @returns how many people ended; 0 also when the stores were away. */
  look(): Promise<number> {
    this.underWay ??= this.lookOnce().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async lookOnce(): Promise<number> {
    const { db, deliveries, remote, remoteKeys, parts, store } = this.backbone;
    const reads = new FederationReads(db);
    const remotes = store.ofRemotes();
    try {
      return await inShare('jobs', () =>
        lookAfterGone({
          deliveries,
          remote,
          keys: remoteKeys,
          store: remotes,
          idsByInbox: (inbox, limit) => reads.idsByInbox(inbox, limit),
          accountsByIds: (ids) => remotes.accountsByIds(ids),
        }),
      );
    } catch (err) {
      parts.logger.warn({ event: 'gone_not_looked_after', err }, 'inboxes that are gone are looked after later');
      return 0;
    }
  }
}
