import { until } from '@trunkline/testing';
import { found, notified, PATIENCE_MS, related, relationship } from './our-side.js';
import { step, type Step } from './step.js';

export const FOLLOWS: readonly Step[] = [
  step('we look them up by handle', {}, async ({ alice, peer }) => {
    const { account } = await found(alice, `@${peer.handle}`, true);
    if (account?.uri !== peer.uri) throw new Error(`found ${account?.uri ?? 'nobody'}`);
    if (account.acct !== peer.handle) throw new Error(`shown as ${account.acct}`);
    return { here: `@${account.acct}, “${account.display_name}”`, there: '' };
  }),
  step('they look us up', { looks: ['person'] }, async ({ alice, look }) => {
    const person = await until('us at their server', () => look.person(alice.account.uri), PATIENCE_MS);
    if (person['preferredUsername'] !== 'alice') throw new Error(`there we are ${JSON.stringify(person).slice(0, 200)}`);
    return { here: '', there: `preferredUsername ${String(person['preferredUsername'])}` };
  }),
  step('we follow them', { looks: ['followedBy'] }, async ({ alice, them, peer, look }) => {
    await alice.api.post(`/api/v1/accounts/${them.id}/follow`);
    if (peer.acts.acceptFollow !== undefined) await peer.acts.acceptFollow(alice.account.uri);
    await related(alice, them.id, 'our follow to be accepted', ({ following }) => following);
    await until('them to hold us as a follower', () => look.followedBy(alice.account.uri), PATIENCE_MS);
    return { here: 'following', there: 'a follower' };
  }),
  step('they follow us', { acts: ['follow'], looks: ['follows'] }, async ({ alice, them, do: act, look }) => {
    await act.follow(alice.account.uri);
    await related(alice, them.id, 'them to follow us', ({ followed_by: isFollowed }) => isFollowed);
    await notified(alice, 'follow', them.id);
    await until('our Accept there', () => look.follows(alice.account.uri), PATIENCE_MS);
    return { here: 'followed, notified', there: 'following' };
  }),
  step('they ask one of us who is locked, who agrees', { acts: ['follow'], looks: ['follows'] }, async ({ lock, them, do: act, look }) => {
    await act.follow(lock.account.uri);
    await until('their request', async () => (await lock.api.get<{ id: string }[]>('/api/v1/follow_requests')).some(({ id }) => id === them.id), PATIENCE_MS);
    if (await look.follows(lock.account.uri)) throw new Error('they follow before anybody agreed');
    await lock.api.post(`/api/v1/follow_requests/${them.id}/authorize`);
    await until('our Accept there', () => look.follows(lock.account.uri), PATIENCE_MS);
    return { here: 'asked, agreed', there: 'following only then' };
  }),
  step('they take their follow back', { acts: ['unfollow'], looks: ['follows'] }, async ({ lock, them, do: act, look }) => {
    await act.unfollow(lock.account.uri);
    await related(lock, them.id, 'their follow to end', ({ followed_by: isFollowed }) => !isFollowed);
    if (await look.follows(lock.account.uri)) throw new Error('there they still follow');
    return { here: 'no follower', there: 'not following' };
  }),
  step('they ask again, and are rejected', { acts: ['follow'], looks: ['follows'] }, async ({ lock, them, do: act, look, server }) => {
    await act.follow(lock.account.uri);
    await until('their request', async () => (await lock.api.get<{ id: string }[]>('/api/v1/follow_requests')).some(({ id }) => id === them.id), PATIENCE_MS);
    await lock.api.post(`/api/v1/follow_requests/${them.id}/reject`);
    await server.settled();
    if (await look.follows(lock.account.uri)) throw new Error('there they follow');
    if ((await relationship(lock, them.id)).followed_by) throw new Error('here they follow');
    return { here: 'rejected', there: 'not following' };
  }),
];

/** Played last: what follows ends. */
export const PARTINGS: readonly Step[] = [
  step('we unfollow and they know', { looks: ['followedBy'] }, async ({ alice, them, look }) => {
    await alice.api.post(`/api/v1/accounts/${them.id}/unfollow`);
    await until('them to hold us no more', async () => !(await look.followedBy(alice.account.uri)), PATIENCE_MS);
    return { here: 'not following', there: 'no follower' };
  }),
  step('they block us', { acts: ['block'] }, async ({ alice, them, do: act }) => {
    await act.block(alice.account.uri);
    await related(alice, them.id, 'their follow to end', ({ followed_by: isFollowed }) => !isFollowed);
    return { here: 'no longer followed', there: 'blocked' };
  }),
];
