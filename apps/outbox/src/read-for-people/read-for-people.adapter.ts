import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { actorUris } from '@trunkline/activitypub';
import { LIVE } from '@trunkline/contracts';
import { inShare } from '@trunkline/persistence';
import { BACKBONE, RateLimiter, type Backbone, type RateRule } from '@trunkline/platform';
import { SigningKeys } from '../deliver/signing-keys.js';
import { PersonalReader } from './personal-reader.js';
import { readForPeople, type ReadForPeoplePorts } from './read-for-people.js';

/** At the hosts of one registrable domain, in the name of one person, and there in their name: no single server uses up what they have. */
const AS_PERSON: RateRule = { name: 'reads-as-person', limit: 600, windowSeconds: 3_600 };
const AS_PERSON_AT_DOMAIN: RateRule = { name: 'reads-as-person-at-domain', limit: 120, windowSeconds: 3_600 };
const AT_DOMAIN: RateRule = { name: 'reads-at-domain', limit: 600, windowSeconds: 3_600 };
/** A post is seldom longer than some Kibibytes; what is read lies in Postgres until it is taken. */
const DOCUMENT_BYTES_MAX = 262_144;

/** One reader a process, woken by live messages, by its own poll in any case. */
@Injectable()
export class ReadForPeopleAdapter implements OnApplicationBootstrap {
  private readonly reader: PersonalReader;

  constructor(@Inject(BACKBONE) private readonly backbone: Backbone) {
    const ports = portsOf(backbone);
    this.reader = new PersonalReader({
      readings: backbone.personalReadings,
      read: (reading) => readForPeople(ports, reading),
      onError: (reading, err) => backbone.parts.logger.warn({ event: 'personal_reading_failed', uri: reading?.uri, err }, 'it is read again when its lease is over'),
    });
  }

  onApplicationBootstrap(): void {
    const { bus, parts } = this.backbone;
    const bell = bus.subscribe(LIVE.personalReadings, () => this.reader.wake());
    parts.shutdown.register('stop-consuming', 'personal readings', async () => {
      bell.unsubscribe();
      await this.reader.stop();
    });
    parts.shutdown.register('finish', 'personal readings under way', () => this.reader.finished());
    inShare('jobs', () => this.reader.start());
  }
}

function portsOf({ store, personalReadings, rates, clock, parts, settings, federation, accountKeys }: Backbone): ReadForPeoplePorts {
  const limiter = new RateLimiter(rates, (err) => parts.logger.warn({ event: 'rates_away', err }, 'what is read for people is not counted for now'));
  const keys = new SigningKeys((accountId) => accountKeys.getOrCreate(accountId));
  const isWithin = async (rule: RateRule, key: string): Promise<boolean> => (await limiter.check(rule, key, clock.nowMs())).allowed;
  return {
    accountsByIds: (ids) => store.accountsByIds(ids),
    readersOf: (asked, limit) => personalReadings.readersOf(asked, limit),
    mayReadAt: (domain) => isWithin(AT_DOMAIN, domain),
    mayReadAs: async (readerId, domain) => (await isWithin(AS_PERSON_AT_DOMAIN, `${readerId}:${domain}`)) && isWithin(AS_PERSON, readerId),
    fetchAs: async (readerId, uri) => {
      const signAs = { keyId: actorUris(settings.baseUrl, readerId).keyId, privateKey: await keys.of(readerId) };
      return federation.fetchObject(uri, { signAs, personal: true, fresh: true, maxBytes: DOCUMENT_BYTES_MAX });
    },
  };
}
