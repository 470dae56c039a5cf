import type { Account } from '@trunkline/domain';
import { withBackbone, type ServiceDefinition } from '@trunkline/platform';
import { resolveAccount } from '@trunkline/social';
import type { ScriptedRemote, ScriptedPerson, TestServer } from '@trunkline/testing';
import { OutboxModule } from '../src/index.js';

/** The outbox alone. */
export const outboxService = (): ServiceDefinition => ({ name: 'outbox', module: OutboxModule, ...withBackbone({ consumes: true }) });

/** Somebody of a scripted remote, as this server knows them. */
export async function resolved({ backbone }: TestServer, person: ScriptedPerson | ScriptedRemote['person']): Promise<Account> {
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
