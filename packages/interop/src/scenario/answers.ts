import { until } from '@trunkline/testing';
import { arrived, notified, PATIENCE_MS, publish, statusWith } from './our-side.js';
import { step, type Step } from './step.js';

export const ANSWERS: readonly Step[] = [
  step('they answer us', { acts: ['post'] }, async ({ alice, them, do: act }) => {
    const ours = await publish(alice, 'Who is there?');
    const me = { uri: alice.account.uri, handle: alice.handle };
    const uri = await act.post({ text: 'I am', audience: 'public', inReplyTo: ours.uri, mentions: [me] });
    const reply = await arrived(alice, uri);
    if (reply.in_reply_to_id !== ours.id) throw new Error('here it answers nothing');
    const { replies_count: count } = await statusWith(alice, ours.id, 'the count of replies', (status) => status.replies_count === 1);
    await notified(alice, 'mention', them.id);
    return { here: `${count} reply, notified`, there: 'inReplyTo ours' };
  }),
  step('we answer them', { acts: ['post'], looks: ['post', 'replies'] }, async ({ alice, peer, do: act, look }) => {
    const uri = await act.post({ text: 'Anybody?', audience: 'public' });
    const theirs = await arrived(alice, uri);
    const ours = await publish(alice, `@${peer.handle} me`, { in_reply_to_id: theirs.id });
    const there = await until(`${ours.uri} there`, () => look.post(ours.uri), PATIENCE_MS);
    if (there['inReplyTo'] !== uri) throw new Error(`there it answers ${JSON.stringify(there['inReplyTo'])}`);
    const count = await until('the reply to be counted there', async () => (await look.replies(uri)) || null, PATIENCE_MS);
    return { here: 'a reply', there: `inReplyTo theirs, ${count} counted` };
  }),
  step('they favour ours', { acts: ['like'] }, async ({ alice, them, do: act }) => {
    const ours = await publish(alice, 'like me');
    await until('it there', () => act.like(ours.uri).then(() => true), PATIENCE_MS);
    await statusWith(alice, ours.id, 'the favourite', (status) => status.favourites_count === 1);
    await notified(alice, 'favourite', them.id);
    return { here: '1 favourite, notified', there: 'liked' };
  }),
  step('they take it back', { acts: ['like', 'unlike'] }, async ({ alice, do: act }) => {
    const ours = await publish(alice, 'like me for a while');
    await until('it there', () => act.like(ours.uri).then(() => true), PATIENCE_MS);
    await statusWith(alice, ours.id, 'the favourite', (status) => status.favourites_count === 1);
    await act.unlike(ours.uri);
    await statusWith(alice, ours.id, 'the favourite to be gone', (status) => status.favourites_count === 0);
    return { here: '0 favourites', there: 'taken back' };
  }),
  step('they boost ours', { acts: ['boost'] }, async ({ alice, them, do: act }) => {
    const ours = await publish(alice, 'boost me');
    await until('it there', () => act.boost(ours.uri).then(() => true), PATIENCE_MS);
    await statusWith(alice, ours.id, 'the boost', (status) => status.reblogs_count === 1);
    await notified(alice, 'reblog', them.id);
    return { here: '1 boost, notified', there: 'boosted' };
  }),
  step('they end the boost', { acts: ['boost', 'unboost'] }, async ({ alice, do: act }) => {
    const ours = await publish(alice, 'boost me for a while');
    await until('it there', () => act.boost(ours.uri).then(() => true), PATIENCE_MS);
    await statusWith(alice, ours.id, 'the boost', (status) => status.reblogs_count === 1);
    await act.unboost(ours.uri);
    await statusWith(alice, ours.id, 'the boost to be gone', (status) => status.reblogs_count === 0);
    return { here: '0 boosts', there: 'taken back' };
  }),
  step('we favour theirs, and take it back', { acts: ['post'], looks: ['likes'] }, async ({ alice, do: act, look }) => {
    const uri = await act.post({ text: 'like this', audience: 'public' });
    const { id } = await arrived(alice, uri);
    await alice.api.post(`/api/v1/statuses/${id}/favourite`);
    await until('our favourite there', async () => (await look.likes(uri)) === 1, PATIENCE_MS);
    await alice.api.post(`/api/v1/statuses/${id}/unfavourite`);
    await until('its end there', async () => (await look.likes(uri)) === 0, PATIENCE_MS);
    return { here: 'favoured and not', there: '1, then 0' };
  }),
  step('we boost theirs, and end it', { acts: ['post'], looks: ['boosts'] }, async ({ alice, do: act, look }) => {
    const uri = await act.post({ text: 'boost this', audience: 'public' });
    const { id } = await arrived(alice, uri);
    await alice.api.post(`/api/v1/statuses/${id}/reblog`);
    await until('our boost there', async () => (await look.boosts(uri)) === 1, PATIENCE_MS);
    await alice.api.post(`/api/v1/statuses/${id}/unreblog`);
    await until('its end there', async () => (await look.boosts(uri)) === 0, PATIENCE_MS);
    return { here: 'boosted and not', there: '1, then 0' };
  }),
];
