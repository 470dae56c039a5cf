import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { renderDomainBlock, renderExtendedDescription, renderInstanceV1, renderInstanceV2, renderRule, type RuleJson } from '@trunkline/mastodon-api';
import { BACKBONE, ClientGuard, VERSION, type Backbone } from '@trunkline/platform';
import { renderContextOf } from '@trunkline/social';
import { descriptionHtml, instanceFacts, loadFigures, peersOf, publicDomainRules, type InstanceFigures } from './instance-facts.js';
import { Remembered } from './remembered.js';

const KEEP_MS = 5 * 60 * 1000;
const PEERS_MAX = 20_000;

/** What the server tells everybody of itself. */
@Controller('/api')
@UseGuards(ClientGuard)
export class InstanceController {
  private readonly figures: Remembered<InstanceFigures>;
  private readonly domains: Remembered<string[]>;
  /** Settings are read once at the start: that is when the description is from. */
  private readonly describedAt: Date;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    const { clock, store } = backbone;
    this.figures = new Remembered(clock, KEEP_MS, () => loadFigures(backbone));
    this.domains = new Remembered(clock, KEEP_MS, () => store.peerDomains(PEERS_MAX));
    this.describedAt = new Date(clock.nowMs());
  }

  @Get('v1/instance')
  async v1(): Promise<Record<string, unknown>> {
    const { settings, policy } = this.backbone;
    return renderInstanceV1(instanceFacts(settings, VERSION, await this.figures.get()), policy.current(), renderContextOf(settings));
  }

  @Get('v2/instance')
  async v2(): Promise<Record<string, unknown>> {
    const { settings, policy } = this.backbone;
    return renderInstanceV2(instanceFacts(settings, VERSION, await this.figures.get()), policy.current(), renderContextOf(settings));
  }

  @Get('v1/instance/rules')
  rules(): RuleJson[] {
    return this.backbone.policy.current().serverRules.map(renderRule);
  }

  @Get('v1/instance/peers')
  async peers(): Promise<string[]> {
    return peersOf(this.backbone.policy.current(), await this.domains.get());
  }

  /** Weekly counts are not kept: no week is told. */
  @Get('v1/instance/activity')
  activity(): never[] {
    return [];
  }

  @Get('v1/instance/domain_blocks')
  domainBlocks(): Record<string, unknown>[] {
    return publicDomainRules(this.backbone.policy.current()).map(renderDomainBlock);
  }

  @Get('v1/instance/extended_description')
  extendedDescription(): { updated_at: string; content: string } {
    return renderExtendedDescription(descriptionHtml(this.backbone.settings.site.description), this.describedAt);
  }
}
