import { addressGroup } from '../http/client-address.js';
import type { RateRule } from '../rate-limit.js';

/** Who is counted. */
export interface RateSubject {
  readonly ip: string;
  readonly tokenId: string | null;
  readonly userId: string | null;
}

const MINUTE = 60;

/** Mastodon's limits (config/initializers/rack_attack.rb, 4.6), and ours for sockets, which it does not count. */
const RULES = {
  user: { name: 'user', limit: 1500, windowSeconds: 5 * MINUTE },
  token: { name: 'token', limit: 300, windowSeconds: 5 * MINUTE },
  ip: { name: 'ip', limit: 300, windowSeconds: 5 * MINUTE },
  media: { name: 'media', limit: 30, windowSeconds: 30 * MINUTE },
  remove: { name: 'remove', limit: 30, windowSeconds: 30 * MINUTE },
  signUp: { name: 'sign_up', limit: 5, windowSeconds: 30 * MINUTE },
  apps: { name: 'apps', limit: 5, windowSeconds: 10 * MINUTE },
  streams: { name: 'streams', limit: 300, windowSeconds: 5 * MINUTE },
} satisfies Record<string, RateRule>;

/** Sockets opened from one address, counted before the token is looked at. Apps of many people may share one. */
export const STREAMS_RULE: RateRule = RULES.streams;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Tools and tests on the machine itself are not strangers, except in production, where a proxy may look like one. */
export const isCounted = (nodeEnv: string, ip: string): boolean => nodeEnv === 'production' || !LOOPBACK.has(ip);

/** The rules that one request counts towards, with the key that each counts by. */
export function rateRulesFor(method: string, route: string, subject: RateSubject): { rule: RateRule; key: string }[] {
  const checks: { rule: RateRule; key: string }[] = [];
  const from = addressGroup(subject.ip);
  if (subject.userId !== null) checks.push({ rule: RULES.user, key: subject.userId });
  if (subject.tokenId !== null) checks.push({ rule: RULES.token, key: subject.tokenId });
  if (subject.tokenId === null) checks.push({ rule: RULES.ip, key: from });
  const who = subject.userId ?? from;
  if (method === 'POST' && /^\/api\/v[12]\/media$/.test(route)) checks.push({ rule: RULES.media, key: who });
  const removes = (method === 'DELETE' && route === '/api/v1/statuses/:id') || route === '/api/v1/statuses/:id/unreblog';
  if (removes) checks.push({ rule: RULES.remove, key: who });
  if (method === 'POST' && route === '/api/v1/accounts') checks.push({ rule: RULES.signUp, key: from });
  if (method === 'POST' && route === '/api/v1/apps') checks.push({ rule: RULES.apps, key: from });
  return checks;
}
