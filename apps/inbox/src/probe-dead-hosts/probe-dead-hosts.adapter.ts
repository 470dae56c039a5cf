import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { parseNodeInfoLinks } from '@trunkline/activitypub';
import { FederationReads, HostStore, inShare } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import { probeDeadHosts } from './probe-dead-hosts.js';

const EVERY_MS = 60_000;

/** Looks now and then, in every copy: of several one gets each host. */
@Injectable()
export class ProbeDeadHostsAdapter implements OnApplicationBootstrap {
  private underWay: Promise<number> | null = null;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {}

  onApplicationBootstrap(): void {
    const { shutdown } = this.backbone.parts;
    const timer = setInterval(() => void this.look(), EVERY_MS);
    shutdown.register('stop-consuming', 'dead hosts', () => clearInterval(timer));
    shutdown.register('finish', 'dead hosts', async () => void (await this.underWay));
  }

  /** @returns how many are back; 0 also when the stores were away. */
  look(): Promise<number> {
    this.underWay ??= this.lookOnce().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async lookOnce(): Promise<number> {
    const { db, clock, deliveries, live, policy, parts } = this.backbone;
    try {
      return await inShare('jobs', () =>
        probeDeadHosts({ hosts: new HostStore(db, clock), deliveries, live, policy, clock, answers: (host) => this.answers(host) }),
      );
    } catch (err) {
      parts.logger.warn({ event: 'dead_hosts_not_asked', err }, 'dead hosts are asked later whether they are back');
      return 0;
    }
  }

  /** What a parked domain says to everybody does not count: it is NodeInfo, or an actor whom we know. */
  private async answers(host: string): Promise<boolean> {
    const { federation, remote, db } = this.backbone;
    const scheme = federation.guard.isHttpHost(host) ? 'http' : 'https';
    const found = await federation.fetchDocument(`${scheme}://${host}/.well-known/nodeinfo`, { mustBeActivity: false, fresh: true });
    if (found.ok && parseNodeInfoLinks(found.value.json).ok) return true;
    const uri = await new FederationReads(db).anyActorAt(host);
    return uri !== null && (await remote.fetchObject(uri, { fresh: true })).ok;
  }
}
