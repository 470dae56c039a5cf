import { until } from '@trunkline/testing';
import { arrived, found, PATIENCE_MS, publish, related } from './our-side.js';
import { step, type Step } from './step.js';

/** The first try again comes about 16 s after what failed. */
const RETRY_MS = 60_000;

/** Profiles, silence, moderation. */
export const LIVES: readonly Step[] = [
  step('our profile changes', { looks: ['heard'] }, async ({ alice, look }) => {
    const { status } = await alice.api.ask('PATCH', '/api/v1/accounts/update_credentials', { display_name: 'Alice anew', note: 'I changed', fields_attributes: [{ name: 'site', value: 'https://alice.example' }] });
    if (status !== 200) throw new Error(`we were answered ${status}`);
    await until('our Update there', () => look.heard('Update', alice.account.uri), PATIENCE_MS);
    return { here: 'changed', there: 'Update taken' };
  }),
  step('they see our new name', { looks: ['person'] }, async ({ alice, look }) => {
    await alice.api.ask('PATCH', '/api/v1/accounts/update_credentials', { display_name: 'Alice anew' });
    const there = await until('the new name there', async () => {
      const person = await look.person(alice.account.uri);
      return person?.['name'] === 'Alice anew' ? person : null;
    }, PATIENCE_MS);
    return { here: 'Alice anew', there: String(there['name']) };
  }),
  step('their profile changes', { acts: ['rename'] }, async ({ alice, peer, do: act }) => {
    await act.rename('Somebody else');
    await until('their new name here', async () => (await found(alice, peer.uri, false)).account?.display_name === 'Somebody else', PATIENCE_MS);
    return { here: 'Somebody else', there: 'changed' };
  }),
  step('we pin a post', { looks: ['heard'] }, async ({ alice, look }) => {
    const { id, uri } = await publish(alice, 'to be pinned');
    await alice.api.post(`/api/v1/statuses/${id}/pin`);
    await until('our Add there', () => look.heard('Add', uri), PATIENCE_MS);
    return { here: 'pinned', there: 'Add taken' };
  }),
  step('we report one of their posts', { acts: ['post'], looks: ['heard'] }, async ({ alice, them, do: act, look }) => {
    const uri = await act.post({ text: 'what nobody should say', audience: 'public' });
    const { id } = await arrived(alice, uri);
    await alice.api.post('/api/v1/reports', { account_id: them.id, status_ids: [id], comment: 'look at this', forward: true });
    await until('our Flag there', () => look.heard('Flag', uri), PATIENCE_MS);
    return { here: 'reported, forwarded', there: 'Flag taken' };
  }),
  step('what is said while they are away comes later', { looks: ['post'] }, async ({ alice, door, look }) => {
    door.isShut = true;
    const { uri } = await publish(alice, 'are you there?');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    door.isShut = false;
    const beganMs = performance.now();
    await until(`${uri} there`, () => look.post(uri), RETRY_MS);
    return { here: 'sent again', there: `held ${Math.round((performance.now() - beganMs) / 1_000)} s after they came back` };
  }),
];

/** Ends of things, played last. */
export const ENDS: readonly Step[] = [
  step('we block them', { looks: ['heard'] }, async ({ lock, them, peer, look }) => {
    await lock.api.post(`/api/v1/accounts/${them.id}/block`);
    await until('our Block there', () => look.heard('Block', peer.uri), PATIENCE_MS);
    return { here: 'blocked', there: 'Block taken' };
  }),
  step('we suspend their server', { acts: ['post'] }, async ({ alice, admin, server, peer, them, do: act }) => {
    const { id } = await admin.api.post<{ id: string }>('/api/v1/admin/domain_blocks', { domain: new URL(peer.uri).host, severity: 'suspend' });
    await related(alice, them.id, 'our follow to end', ({ following }) => !following);
    const uri = await act.post({ text: 'through a closed door', audience: { to: alice.account.uri }, mentions: [{ uri: alice.account.uri, handle: alice.handle }] });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await server.settled();
    if ((await found(alice, uri, true)).status !== null) throw new Error('it came in');
    await admin.api.delete(`/api/v1/admin/domain_blocks/${id}`);
    return { here: 'nothing came', there: '403' };
  }),
];
