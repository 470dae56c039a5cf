import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { inShare, QuoteLooks } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { settleQuote } from '@trunkline/social';
import { lookAfterQuotes } from './look-after-quotes.js';

const EVERY_MS = 5_000;

/** Looks now and then, in every copy: of several one gets each quote. */
@Injectable()
export class LookAfterQuotesAdapter implements OnApplicationBootstrap {
  private underWay: Promise<number> | null = null;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  onApplicationBootstrap(): void {
    const { shutdown } = this.backbone.parts;
    const timer = setInterval(() => void this.look(), EVERY_MS);
    shutdown.register('stop-consuming', 'open quotes', () => clearInterval(timer));
    shutdown.register('finish', 'open quotes', async () => void (await this.underWay));
  }

  /** @returns how many were looked at; 0 also when the stores were away. */
  look(): Promise<number> {
    this.underWay ??= this.lookOnce().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async lookOnce(): Promise<number> {
    const { db, ids, clock, policy, remote, settings, parts, store } = this.backbone;
    const looks = new QuoteLooks(db, clock);
    const ports = { store: store.ofRemotes(), ids, clock, policy, remote, settings };
    const onError = (statusId: string | null, err: unknown): void => parts.logger.warn({ event: 'quotes_not_looked_after', statusId, err }, 'open quotes are looked at later');
    try {
      return await inShare('jobs', () => lookAfterQuotes({ claim: (limit) => looks.claim(limit), settle: (id) => settleQuote(ports, id), onError }));
    } catch (err) {
      onError(null, err);
      return 0;
    }
  }
}
