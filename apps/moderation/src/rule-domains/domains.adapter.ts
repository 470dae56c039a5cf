import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { domainsToSever, LeaderLoop, severDomain, SEVERED } from '@trunkline/persistence';
import { BACKBONE, type Backbone } from '@trunkline/platform';
import type { RuleDomainPorts } from './rule-domain.js';
import { DomainSweep, type Severance } from './sever-domains.js';

const SWEEP_EVERY_MS = 5_000;

/** Rules in Postgres, their broadcast, and the work that a suspension leaves behind. */
@Injectable()
export class DomainsAdapter implements OnApplicationBootstrap {
  readonly ports: RuleDomainPorts;
  private readonly severing = new Set<Promise<unknown>>();

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    const { settings, moderation } = backbone;
    this.ports = {
      settings,
      moderation,
      announce: (action) => this.announce(action),
      sever: (domain) => this.begin(domain),
    };
  }

  /** One of all copies finishes what requests began. */
  onApplicationBootstrap(): void {
    const { clock, policy, db, moderation, parts } = this.backbone;
    const sweep = new DomainSweep({
      clock,
      policyVersion: () => policy.current().version,
      unsevered: (before, limit) => domainsToSever(db, before, limit),
      sever: (domain) => this.sever(domain),
      markSevered: (domain, severance) => moderation.audit(null, SEVERED, domain, { ...severance }),
    });
    const loop = new LeaderLoop(db, 'moderation:sever-domains', [{ name: 'sever-domains', everyMs: SWEEP_EVERY_MS, run: (signal) => sweep.run(signal) }], {
      onError: (_task, err) => parts.logger.warn({ event: 'severing_failed', err }, 'severing a suspended server comes again'),
    });
    loop.start();
    parts.shutdown.register('stop-consuming', 'sever-domains', () => loop.stop());
    parts.shutdown.register('finish', 'severing', async () => void (await Promise.allSettled(this.severing)));
  }

  /** Every process hears of it at once or, should the broadcast be lost, by its own poll; this one before it answers. */
  async announce(action: string): Promise<void> {
    const { live, policy, parts } = this.backbone;
    parts.metrics.moderationActions.inc({ action });
    live.rulesChanged();
    await policy.refresh();
  }

  /** Beside the request. What fails or is cut off here, the sweep does. */
  private begin(domain: string): void {
    const work = this.sever(domain)
      .catch((err: unknown) => this.backbone.parts.logger.warn({ event: 'severing_failed', domain, err }, 'severing a suspended server comes again'))
      .finally(() => this.severing.delete(work));
    this.severing.add(work);
  }

  private async sever(domain: string): Promise<Severance> {
    const severance = await severDomain(this.backbone.db, this.backbone.store, domain);
    if (severance.following + severance.followers > 0) {
      this.backbone.parts.logger.info({ event: 'domain_severed', domain, ...severance }, 'follows with a suspended server ended');
    }
    return severance;
  }
}
