import { PUBLIC_URI, sameHost, type RemoteNote } from '@trunkline/activitypub';
import type { Visibility } from '@trunkline/domain';
import type { NamedPeople } from './named-people.js';

/**
 * Whom an Update of a post is for, where it says so plainly; null: what it says of that counts for nothing. What stands is
 * never widened by it: that is for whoever stores it to see to.
 *
 * @param note visibility read with the author's followers collection
 * @param people those known here whom the note names
 */
export function audienceTold(note: RemoteNote, people: NamedPeople): Visibility | null {
  if (!note.isPlainlyAddressed) return null;
  return note.visibility === 'direct' && namesCollection(note, people) ? 'private' : note.visibility;
}

/**
 * Whether somebody is addressed who may be many: an address on the author's own host under which nobody is known or mentioned
 * may be the followers' under another name. Fewer people may see it then, and the followers still do.
 */
function namesCollection({ to, cc, mentions, attributedTo }: RemoteNote, people: NamedPeople): boolean {
  const mentioned = new Set(mentions.map(({ href }) => href));
  return [...to, ...cc].some((uri) => uri !== PUBLIC_URI && uri !== attributedTo && sameHost(uri, attributedTo) && !mentioned.has(uri) && !people.has(uri));
}
