import { recordNotFound } from '@trunkline/mastodon-api';
import type { Account } from '@trunkline/domain';
import { resolveAccount, resolveHandle, type SocialPorts } from '@trunkline/social';
import { handleOf } from '../accounts/find-account.js';

/** The account that somebody names by its handle or by its address, read from its server where it is not known here. @throws AppError 404 */
export async function findOther(ports: SocialPorts, text: string): Promise<Account> {
  const handle = /^https?:\/\//i.test(text) ? null : handleOf(ports.settings, text);
  const found = handle === null ? await resolveAccount(ports, text, { address: true }) : await resolveHandle(ports, handle);
  if (!found.ok) throw recordNotFound();
  return found.value;
}
