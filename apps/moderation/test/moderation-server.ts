import { withBackbone, MAILER, type Mail, type ServiceDefinition } from '@trunkline/platform';
import type { User } from '@trunkline/domain';
import { newLocalAccount } from '@trunkline/social';
import type { TestServer } from '@trunkline/testing';
import { ModerationModule } from '../src/index.js';

/** Moderation alone; its mails end in `mails`. */
export function moderationService(mails: Mail[] = []): ServiceDefinition {
  const backbone = withBackbone({ consumes: false });
  const mailer = { send: async (mail: Mail) => void mails.push(mail), close: () => undefined };
  return { name: 'moderation', module: ModerationModule, ...backbone, providers: [...(backbone.providers ?? []), { provide: MAILER, useValue: mailer }] };
}

/** Somebody whose sign-up waits for a moderator. */
export async function waitingPerson({ backbone }: TestServer, name: string): Promise<User> {
  const { ids, clock, users, settings } = backbone;
  const made = await users.create({
    id: ids.next(),
    account: newLocalAccount({ id: ids.next(), username: name, baseUrl: settings.baseUrl, now: new Date(clock.nowMs()) }),
    email: `${name}@mail.example`,
    password: `correct horse ${name}`,
    role: 'User',
    locale: 'en',
    confirmed: true,
    approved: false,
    reason: 'friends are here',
    appId: null,
    ip: null,
  });
  if (!made.ok) throw new Error(made.error.code);
  return made.value.user;
}

/** Somebody of another server, as ingestion leaves them. */
export function remotePerson({ backbone }: TestServer, name: string, domain: string) {
  const id = backbone.ids.next();
  const uri = `https://${domain}/users/${name}`;
  return backbone.store.transaction((tx) =>
    tx.upsertRemoteAccount(
      {
        ...newLocalAccount({ id, username: name, baseUrl: `https://${domain}`, now: new Date() }),
        domain,
        uri,
        url: uri,
        inboxUrl: `${uri}/inbox`,
        sharedInboxUrl: null,
        outboxUrl: null,
        followersUrl: `${uri}/followers`,
        followingUrl: null,
        featuredUrl: null,
        fetchedAt: new Date(),
      },
      { freshId: id, goesOn: false },
    ),
  );
}
