import { addressGroup, RateLimiter, retryAfterSeconds, type Backbone, type RateRule } from '@trunkline/platform';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Mastodon's limits of its pages (config/initializers/rack_attack.rb, 4.6), and one per address and place. */
const RULES = {
  signInIp: { name: 'sign_in_ip', limit: 25, windowSeconds: 5 * MINUTE },
  signInHere: { name: 'sign_in_here', limit: 20, windowSeconds: 5 * MINUTE },
  signInEmail: { name: 'sign_in_email', limit: 50, windowSeconds: HOUR },
  // Shared with POST /api/v1/accounts by its name.
  signUp: { name: 'sign_up', limit: 5, windowSeconds: 30 * MINUTE },
  resendIp: { name: 'resend_ip', limit: 25, windowSeconds: 5 * MINUTE },
  resendEmail: { name: 'resend_email', limit: 5, windowSeconds: 30 * MINUTE },
} satisfies Record<string, RateRule>;

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Limits of the pages where strangers try passwords, make accounts or have mails sent. */
export class FormThrottle {
  private readonly limiter: RateLimiter;

  constructor(private readonly backbone: Pick<Backbone, 'rates' | 'clock' | 'settings' | 'parts'>) {
    this.limiter = new RateLimiter(backbone.rates, (err) =>
      backbone.parts.logger.warn({ event: 'rate_limit_unavailable', err }, 'forms pass uncounted'),
    );
  }

  /** A try to sign in. The seconds to wait when there were too many, else null. */
  count(ip: string, emailHash: string): Promise<number | null> {
    return this.countAll([
      ...this.byIp(RULES.signInIp, ip),
      [RULES.signInHere, `${addressGroup(ip)}:${emailHash}`],
      [RULES.signInEmail, emailHash],
    ]);
  }

  signUp(ip: string): Promise<number | null> {
    return this.countAll(this.byIp(RULES.signUp, ip));
  }

  /** @param whose a hash of the address, or a person's id */
  resend(ip: string, whose: string): Promise<number | null> {
    return this.countAll([...this.byIp(RULES.resendIp, ip), [RULES.resendEmail, whose]]);
  }

  /** Tools and tests on the machine itself share one address; in production that may be a proxy's. */
  private byIp(rule: RateRule, ip: string): [RateRule, string][] {
    return this.backbone.settings.nodeEnv !== 'production' && LOOPBACK.has(ip) ? [] : [[rule, addressGroup(ip)]];
  }

  private async countAll(checks: readonly (readonly [RateRule, string])[]): Promise<number | null> {
    const nowMs = this.backbone.clock.nowMs();
    const verdicts = await Promise.all(checks.map(([rule, key]) => this.limiter.check(rule, key, nowMs)));
    const waits = verdicts.filter((verdict) => !verdict.allowed).map((verdict) => retryAfterSeconds(verdict, nowMs));
    return waits.length === 0 ? null : Math.max(...waits);
  }
}
