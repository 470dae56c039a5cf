import { idOf, idsOf, isHttp, isJson, objectIn, typesIn, type Json } from '../folder/json.js';
import { kindOf } from '../folder/kind-of.js';
import type { Scene, Signer } from '../stage/scene.js';
import { accountSeen } from '../stage/seen.js';
import type { Direction, Prepared } from './direction.js';
import { authorOf, earlier, seenBoost, seenPost } from './posts.js';

/** FEP-1b12: a group passes on what somebody did. What it speaks of is served by its own server. */
export const groupDelivery: Direction = async (scene, activity, group) => {
  const inner = objectIn(activity) as Json;
  const member = scene.person(idOf(inner['actor']) ?? group.id);
  scene.person(group.id, { type: 'Group' });
  await scene.meet(group);
  const [type] = typesIn(inner);
  const object = objectIn(inner);
  const uri = idOf(object);
  // What an attacker passes on is not what its own server says.
  const isTrue = !scene.entry.isAttack;
  if (isTrue && isHttp(inner['id'])) scene.shelves.put(inner);
  // What a moderator changed about the group itself, or a member about themselves.
  if (type === 'Update' && kindOf(object) === 'actor' && uri !== null) return profileChanged(scene, activity, object as Json);
  if (isTrue && uri !== null && (type === 'Create' || type === 'Update')) serveObject(scene, object, uri, member);
  if (uri !== null && type === 'Update') {
    const author = scene.person(authorOf(object, member.id));
    await scene.meet(author);
    await earlier(scene, { ...(isJson(object) ? object : {}), id: uri, attributedTo: author.id, content: '<p>As it was before.</p>' }, author);
  }
  if (uri !== null && ['Like', 'Dislike', 'Delete', 'Undo', 'Add', 'Remove', 'Lock'].includes(type ?? '')) {
    scene.post(uri, `${new URL(uri).origin}/corpus/author`);
    await scene.paste(uri);
  }
  // It speaks for what stands in it.
  if (uri !== null && (type === 'Update' || type === 'Delete') && scene.isFollowed && new URL(uri).host === new URL(group.id).host) await shownBy(scene, group, uri);
  return { activity, look: () => seenAfter(scene, { type: type ?? '', uri, groupUri: group.id }) };
};

/** The profile was known as it was before; now its own server says what the activity says. */
async function profileChanged(scene: Scene, activity: Json, object: Json): Promise<Prepared> {
  const uri = String(object['id']);
  const now = scene.person(uri);
  scene.serveActor({ ...now, name: 'as it was before' });
  await scene.paste(uri);
  scene.serveActor({ ...now, ...object, publicKey: now['publicKey'], id: uri } as Signer);
  return {
    activity,
    look: async () => {
      const { account } = await scene.find(uri);
      return account === null || account.display_name === 'as it was before' ? null : accountSeen(account);
    },
  };
}

async function shownBy(scene: Scene, group: Signer, uri: string): Promise<void> {
  const announce = { '@context': 'https://www.w3.org/ns/activitystreams', id: scene.freshId(group.id), type: 'Announce', actor: group.id, object: uri, to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [] };
  await scene.mustApply(announce, group);
}

async function seenAfter(scene: Scene, { type, uri, groupUri }: { type: string; uri: string | null; groupUri: string }): Promise<string | null> {
  const seen = await seenPost(scene, uri);
  if (type === 'Create') return seen === null ? null : `${seen}${(await seenBoost(scene, groupUri)) === null ? '' : ', boosted by the group'}`;
  if (type === 'Delete') return seen === null ? 'post is gone' : null;
  return seen;
}

function serveObject(scene: Scene, object: unknown, uri: string, member: Signer): void {
  if (!isJson(object) || kindOf(object) !== 'object') return void scene.post(uri, member.id);
  for (const author of idsOf(object['attributedTo'])) scene.person(author);
  scene.shelves.put({ '@context': 'https://www.w3.org/ns/activitystreams', ...object });
}

interface Pinned {
  readonly uri: string;
  readonly tags: readonly unknown[];
}

/** The collection that the actor's own document calls its pins; of whom none was captured, one that goes by such a name. */
const isPins = (target: string, actor: Signer): boolean => idOf(actor['featured']) === target || /featured$|featured\/?$|pin/i.test(new URL(target).pathname);

/** Pins: the collection is the actor's own, and the post is there. For Remove it was pinned before. */
export const membership: Direction = async (scene, activity, actor) => {
  const target = idOf(activity['target']);
  const object = objectIn(activity);
  const isHashtag = isJson(object) && typesIn(object).includes('Hashtag');
  const isOwnPins = target !== null && isPins(target, actor) && new URL(target).host === new URL(actor.id).host;
  const who = isOwnPins ? scene.person(actor.id, { featured: target }) : actor;
  const account = await scene.meet(who);
  const uri = isHashtag ? null : idOf(object);
  if (uri !== null && isOwnPins) {
    await earlier(scene, { ...(isJson(object) && object['content'] !== undefined ? object : {}), id: uri, attributedTo: actor.id }, who);
    if (typesIn(activity)[0] === 'Remove') await scene.mustApply({ ...activity, type: 'Add', id: scene.freshId(actor.id) }, who);
  }
  return {
    activity,
    look: async () => {
      if (account === null) return null;
      if (isHashtag) {
        const tags = await scene.me.api.get<{ name: string }[]>(`/api/v1/accounts/${account.id}/featured_tags`);
        return tags.length === 0 ? null : `features #${tags.map(({ name }) => name).join(' #')}`;
      }
      const pins = await scene.me.api.get<Pinned[]>(`/api/v1/accounts/${account.id}/statuses?pinned=true`);
      const isPinned = pins.some((pin) => pin.uri === uri);
      return isPinned === (typesIn(activity)[0] === 'Add') ? (isPinned ? 'pinned' : 'pinned no more') : null;
    },
  };
};
