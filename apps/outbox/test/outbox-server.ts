import { CONSUMERS } from '@trunkline/contracts';
import type { Account } from '@trunkline/domain';
import { withBackbone, type ServiceDefinition } from '@trunkline/platform';
import { resolveAccount } from '@trunkline/social';
import { until, type ScriptedPerson, type TestServer } from '@trunkline/testing';
import { OutboxModule } from '../src/index.js';

/** The outbox alone. */
export const outboxService = (): ServiceDefinition => ({ name: 'outbox', module: OutboxModule, ...withBackbone({ consumes: true }) });

/** Somebody of a scripted remote, as this server knows them. */
export async function resolved({ backbone }: TestServer, person: ScriptedPerson): Promise<Account> {
  const found = await resolveAccount(backbone, person.id);
  if (!found.ok) throw new Error(found.error.code);
  return found.value;
}

export const ACTIVITY = 'application/activity+json';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

/** An unsigned GET; redirects are not followed. */
export async function get(server: TestServer, pathOrUrl: string, accept = ACTIVITY): Promise<Answer> {
  const response = await fetch(new URL(pathOrUrl, server.backbone.settings.baseUrl), { headers: { accept }, redirect: 'manual' });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {}, text };
}

/** Resolves when the outbox has planned all events and closed all chunks. Other services' groups do not run here. */
export async function delivered({ backbone }: TestServer): Promise<void> {
  const ours = CONSUMERS.filter((consumer) => consumer.app === 'outbox' && consumer.name === consumer.group);
  await until('the outbox to be done', async () => {
    const [row] = await backbone.db.query<{ left: number }>(
      `SELECT (SELECT count(*)::int FROM events.outbox o JOIN unnest($1::text[], $2::text[]) AS t (subject, consumer) ON t.subject = o.subject
                WHERE NOT EXISTS (SELECT FROM events.done d WHERE d.event_id = o.event_id AND d.consumer = t.consumer))
            + (SELECT count(*)::int FROM federation.delivery_chunks WHERE state = 'pending') AS left`,
      [ours.map((consumer) => consumer.event.subject), ours.map((consumer) => consumer.name)],
    );
    return row?.left === 0;
  });
}
