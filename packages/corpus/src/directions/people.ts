import { exchanged, idOf, isHttp, isJson, objectIn, textOf, typesIn, type Json } from '../folder/json.js';
import type { Scene, Signer } from '../stage/scene.js';
import { accountSeen, type AccountSeen } from '../stage/seen.js';
import type { Direction } from './direction.js';

const PUBLIC = /(?:^|#|:)Public$/;

interface Tie {
  readonly following: boolean;
  readonly followed_by: boolean;
  readonly requested: boolean;
  readonly blocked_by: boolean;
}

/** `account`: as it was found before; whoever blocks somebody is not found by them any more. */
export async function tieWith(scene: Scene, uri: string, account: AccountSeen | null = null): Promise<Tie | null> {
  const found = account ?? (await scene.find(uri)).account;
  if (found === null) return null;
  const [tie] = await scene.me.api.get<Tie[]>(`/api/v1/accounts/relationships?id[]=${found.id}`);
  return tie ?? null;
}

const seenTie = async (scene: Scene, uri: string, account: AccountSeen | null = null): Promise<string | null> => {
  const tie = await tieWith(scene, uri, account);
  if (tie === null) return null;
  const names = Object.entries(tie).flatMap(([name, value]) => (value === true && ['following', 'followed_by', 'requested', 'blocked_by'].includes(name) ? [name] : []));
  return names.length === 0 ? 'no tie' : names.join(' ');
};

/** Whoever is meant is the reader. A relay is followed by the name of everybody, which stays. */
const meantForMe = (scene: Scene, activity: Json): Json => {
  const uri = idOf(objectIn(activity));
  return uri === null || PUBLIC.test(uri) ? activity : (exchanged(activity, new Map([[uri, scene.me.account.uri]])) as Json);
};

export const follow: Direction = async (scene, activity, actor) => {
  await scene.paste(actor.id);
  const cast = meantForMe(scene, activity);
  return { activity: cast, look: async () => withAnswer(scene, await seenTie(scene, actor.id)) };
};

export const block: Direction = async (scene, activity, actor) => {
  const account = await scene.meet(actor);
  return { activity: meantForMe(scene, activity), look: () => seenTie(scene, actor.id, account) };
};

const withAnswer = (scene: Scene, seen: string | null): string | null => {
  const answers = scene.sent().filter((type) => type === 'Accept' || type === 'Reject');
  return seen === null || answers.length === 0 ? seen : `${seen}, answered ${answers.join(' ')}`;
};

/** The reader asked to follow, and this is the answer: with the Follow in it, or its id alone. */
export const answerToFollow: Direction = async (scene, activity, actor) => {
  const victim = scene.entry.isAttack ? followedBy(activity) : null;
  if (victim !== null && !PUBLIC.test(victim) && victim !== actor.id) return answerForAnother(scene, activity, scene.person(victim));
  // Nobody here follows a relay.
  if (victim !== null && PUBLIC.test(victim)) return { activity, look: async () => null };
  const { account } = await scene.paste(actor.id);
  if (account === null) throw new Error('who answers could not be read');
  await scene.askToFollow(account);
  const sent = await scene.sentLast('Follow');
  const inner = objectIn(activity);
  const exchange = new Map<string, string>();
  const [asker, id] = isJson(inner) ? [idOf(inner['actor']), textOf(inner['id'])] : [null, textOf(inner)];
  if (asker !== null) exchange.set(asker, scene.me.account.uri);
  if (id !== null) exchange.set(id, String(sent['id']));
  // A Follow in somebody's example may be to a relay; the one that was sent is to who answers.
  const object = isJson(inner) ? idOf(inner['object']) ?? textOf(inner['object']) : null;
  if (object !== null && object !== actor.id && (PUBLIC.test(object) || isHttp(object))) exchange.set(object, actor.id);
  return { activity: exchanged(activity, exchange) as Json, look: () => seenTie(scene, actor.id) };
};

const followedBy = (activity: Json): string | null => {
  const inner = objectIn(activity);
  return isJson(inner) ? idOf(inner['object']) : null;
};

/** An attack: the reader asked somebody else, in whose place the answer is given. */
async function answerForAnother(scene: Scene, activity: Json, victim: Signer): Promise<{ readonly activity: Json; readonly look: () => Promise<string | null> }> {
  const { account } = await scene.paste(victim.id);
  if (account === null) throw new Error('who is followed could not be read');
  await scene.askToFollow(account);
  const sent = await scene.sentLast('Follow');
  return { activity: { ...activity, object: { ...(objectIn(activity) as Json), id: sent['id'], actor: scene.me.account.uri } }, look: async () => null };
}

/** Followers go along with whom they follow. */
export const move: Direction = async (scene, activity, actor) => {
  const [from, to] = [idOf(objectIn(activity)), idOf(activity['target'])];
  if (from === null || to === null) return { activity, look: async () => null };
  const before = from === actor.id ? actor : scene.person(from);
  await scene.meet(before);
  // Whom an attacker moves agreed to nothing.
  if (scene.isFollowed && !scene.entry.isAttack) {
    scene.person(from, { movedTo: to });
    scene.person(to, { alsoKnownAs: [from] });
  }
  return {
    activity,
    look: async () => {
      const old = await scene.find(from);
      const there = await seenTie(scene, to);
      return old.account?.moved == null ? null : `${accountSeen(old.account)}; there: ${there ?? 'unknown'}`;
    },
  };
};

/** The account lists first whom it is about; those that list one thing alone tell by its address. */
export const report: Direction = async (scene, activity, actor) => {
  await scene.paste(actor.id);
  const uris = [activity['object']].flat().flatMap((entry) => idOf(entry) ?? []);
  const posts = await Promise.all([scene.myPost(), scene.myPost({ status: 'And here' })]);
  const exchange = new Map(uris.map((uri, index): [string, string] => [uri, isAccount(uri, index, uris.length) ? scene.me.account.uri : (posts[index % 2]?.uri ?? '')]));
  const cast = exchanged(activity, exchange) as Json;
  const content = textOf(cast['content']);
  const host = uris[0] === undefined ? null : new URL(uris[0]).origin;
  // Misskey names the posts by their addresses in its text.
  const text = content !== null && host !== null ? content.replaceAll(new RegExp(`${host.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}/\\S+`, 'g'), posts[0].uri) : content;
  return {
    activity: text === null ? cast : { ...cast, content: text },
    look: async () => {
      const reports = await scene.stage.owner.api.get<{ account: { username: string }; statuses: unknown[]; comment: string }[]>(`/api/v1/admin/reports?target_account_id=${scene.me.account.id}&limit=5`);
      const [first] = reports;
      return first === undefined ? null : `report posts:${first.statuses.length}${first.comment === '' ? '' : ' comment'}`;
    },
  };
};

const isAccount = (uri: string, index: number, count: number): boolean => (count > 1 ? index === 0 : /\/(?:@|u\/|users?\/|profile\/|actor|author\/)[^/]*\/?$/.test(uri));

/** What a profile looks like now, after another one was known. */
export const updateActor: Direction = async (scene, activity, actor) => {
  const object = objectIn(activity);
  const uri = idOf(object) ?? actor.id;
  const before = uri === actor.id ? actor : scene.person(uri);
  const { movedTo: _, ...plain } = before;
  scene.serveActor({ ...plain, id: before.id, name: 'as it was before' });
  await scene.meet(before);
  scene.serveActor(isJson(object) && typesIn(object).length > 0 ? ({ ...before, ...object, publicKey: before['publicKey'], id: before.id } as Signer) : before);
  return {
    activity: isJson(object) ? ({ ...activity, object: { ...object, ...(uri === actor.id && object['publicKey'] !== undefined ? { publicKey: actor['publicKey'] } : {}) } } as Json) : activity,
    look: async () => {
      const { account } = await scene.find(uri);
      return account === null || account.display_name === 'as it was before' ? null : accountSeen(account);
    },
  };
};
