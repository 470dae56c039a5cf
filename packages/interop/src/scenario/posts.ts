import { until } from '@trunkline/testing';
import { arrived, goneHere, notified, onHome, PATIENCE_MS, publish, statusWith } from './our-side.js';
import { step, type Step } from './step.js';

const words = (html: unknown): string => String(html ?? '').replaceAll(/<[^>]*>/g, '').trim();

export const OURS: readonly Step[] = [
  step('our public post', { looks: ['post'] }, async ({ alice, look }) => {
    const { uri } = await publish(alice, 'Good morning from here #interop');
    const there = await until(`${uri} there`, () => look.post(uri), PATIENCE_MS);
    return { here: 'public', there: words(there['content']) };
  }),
  step('our content warning', { looks: ['post'] }, async ({ alice, look }) => {
    const { uri } = await publish(alice, 'the end of the film', { spoiler_text: 'spoiler' });
    const there = await until(`${uri} there`, () => look.post(uri), PATIENCE_MS);
    if (there['summary'] !== 'spoiler') throw new Error(`there the summary is ${JSON.stringify(there['summary'])}`);
    return { here: 'spoiler_text', there: `summary ${String(there['summary'])}, sensitive ${String(there['sensitive'])}` };
  }),
  step('our post to followers', { looks: ['post'] }, async ({ alice, look }) => {
    const { uri } = await publish(alice, 'among us', { visibility: 'private' });
    await until(`${uri} there`, () => look.post(uri), PATIENCE_MS);
    const stranger = await fetch(uri, { headers: { accept: 'application/activity+json' } });
    if (stranger.status < 400) throw new Error('a stranger can read it');
    return { here: `private, ${stranger.status} to strangers`, there: 'held' };
  }),
  step('they fetch what is for followers, signed', { looks: ['fetched'] }, async ({ alice, look }) => {
    const { uri } = await publish(alice, 'signed reading', { visibility: 'private' });
    const there = await until(`${uri} to be readable there`, () => look.fetched(uri), PATIENCE_MS);
    return { here: 'private', there: words(there['content']) };
  }),
  step('our direct message', { looks: ['post'] }, async ({ alice, peer, look }) => {
    const { uri, visibility } = await publish(alice, `@${peer.handle} between us`, { visibility: 'direct' });
    const there = await until(`${uri} there`, () => look.post(uri), PATIENCE_MS);
    return { here: visibility, there: words(there['content']) };
  }),
  step('our edit', { looks: ['post'] }, async ({ alice, look }) => {
    const { id, uri } = await publish(alice, 'a tpyo');
    await until(`${uri} there`, () => look.post(uri), PATIENCE_MS);
    await alice.api.ask('PUT', `/api/v1/statuses/${id}`, { status: 'a typo' });
    const there = await until('the edit there', async () => {
      const now = await look.post(uri);
      return words(now?.['content']) === 'a typo' ? now : null;
    }, PATIENCE_MS);
    return { here: 'edited', there: words(there['content']) };
  }),
  step('our poll', { looks: ['post'] }, async ({ alice, look }) => {
    const { uri } = await publish(alice, 'Tea or coffee?', { poll: { options: ['tea', 'coffee'], expires_in: 3_600 } });
    const there = await until(`${uri} there`, () => look.post(uri), PATIENCE_MS);
    return { here: 'a poll', there: String(there['type']) };
  }),
  step('our deletion', { looks: ['post'] }, async ({ alice, peer, look }) => {
    const { id, uri } = await publish(alice, 'not for long');
    await until(`${uri} there`, () => look.post(uri), PATIENCE_MS);
    await alice.api.delete(`/api/v1/statuses/${id}`);
    await until('our Delete there', async () => (await peer.looks.heard?.('Delete', uri)) === true || (await look.post(uri)) === null, PATIENCE_MS);
    return { here: 'deleted', there: 'gone' };
  }),
];

export const THEIRS: readonly Step[] = [
  step('their public post', { acts: ['post'] }, async ({ alice, do: act }) => {
    const uri = await act.post({ text: 'Greetings from there', audience: 'public' });
    const status = await onHome(alice, uri);
    if (status.visibility !== 'public') throw new Error(`here it is ${status.visibility}`);
    return { here: words(status.content), there: 'public' };
  }),
  step('their unlisted post', { acts: ['post'] }, async ({ alice, do: act }) => {
    const uri = await act.post({ text: 'quietly', audience: 'unlisted' });
    const { visibility } = await arrived(alice, uri);
    if (visibility !== 'unlisted') throw new Error(`here it is ${visibility}`);
    return { here: visibility, there: 'unlisted' };
  }),
  step('their post to followers', { acts: ['post'] }, async ({ alice, do: act }) => {
    const uri = await act.post({ text: 'among friends', audience: 'followers' });
    const { visibility } = await arrived(alice, uri);
    if (visibility !== 'private') throw new Error(`here it is ${visibility}`);
    return { here: visibility, there: 'followers' };
  }),
  step('their message to one of us', { acts: ['post'] }, async ({ alice, them, do: act }) => {
    const me = { uri: alice.account.uri, handle: alice.handle };
    const uri = await act.post({ text: 'for you alone', audience: { to: me.uri }, mentions: [me] });
    const { visibility, mentions } = await arrived(alice, uri);
    if (visibility !== 'direct') throw new Error(`here it is ${visibility}`);
    await notified(alice, 'mention', them.id);
    return { here: `${visibility}, ${mentions.length} mentioned, notified`, there: 'addressed to one' };
  }),
  step('their content warning', { acts: ['post'] }, async ({ alice, do: act }) => {
    const uri = await act.post({ text: 'he did it', audience: 'public', warning: 'whodunit' });
    const { spoiler_text: warning } = await arrived(alice, uri);
    if (warning !== 'whodunit') throw new Error(`here it is ${JSON.stringify(warning)}`);
    return { here: warning, there: 'summary' };
  }),
  step('their edit', { acts: ['post', 'edit'] }, async ({ alice, do: act }) => {
    const uri = await act.post({ text: 'a tpyo of theirs', audience: 'public' });
    const { id } = await arrived(alice, uri);
    await act.edit(uri, 'a typo of theirs');
    const status = await statusWith(alice, id, 'their edit here', ({ content }) => words(content) === 'a typo of theirs');
    if (status.edited_at === null) throw new Error('here it bears no mark of an edit');
    return { here: `edited_at, “${words(status.content)}”`, there: 'edited' };
  }),
  step('their deletion', { acts: ['post', 'remove'] }, async ({ alice, do: act }) => {
    const uri = await act.post({ text: 'gone soon', audience: 'public' });
    const { id } = await arrived(alice, uri);
    await act.remove(uri);
    await goneHere(alice, `/api/v1/statuses/${id}`);
    return { here: '404', there: 'deleted' };
  }),
];
