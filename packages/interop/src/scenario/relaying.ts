import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until, type TestServer } from '@trunkline/testing';
import { goneHere, PATIENCE_MS, publish, statusWith, type StatusSeen } from './our-side.js';
import { step, type Stage, type Step } from './step.js';

const run = promisify(execFile);
const TRUNKLINE = join(import.meta.dirname, '..', '..', '..', '..', 'apps', 'cli', 'bin', 'trunkline.mjs');
/** Each process looks at its list of relays once a second. */
const LIST_MS = 1_200;

/** As an operator does it. */
async function trunkline(server: TestServer, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [TRUNKLINE, ...args], { env: { ...process.env, ...server.env, NODE_OPTIONS: '' } });
  return stdout;
}

const inUse = (server: TestServer): Promise<boolean> => until('the relay to take us in', async () => /in use/.test(await trunkline(server, 'relays', 'list')), PATIENCE_MS);

const onFederated = ({ second }: Stage, uri: string): Promise<StatusSeen> =>
  until(`${uri} on the federated timeline of the second server`, async () => (await second.reader.api.get<StatusSeen[]>('/api/v1/timelines/public?limit=40')).find((status) => status.uri === uri) ?? null, PATIENCE_MS);

/** With a relay: two servers of ours subscribe, and what one says the other sees. */
export const RELAYING: readonly Step[] = [
  step('we subscribe', {}, async ({ server, peer }) => {
    await trunkline(server, 'relays', 'add', new URL('/inbox', peer.uri).href);
    await inUse(server);
    return { here: 'in use', there: 'accepted' };
  }),
  step('a second server subscribes, by the actor', {}, async ({ second, peer }) => {
    await trunkline(second.server, 'relays', 'add', peer.uri);
    await inUse(second.server);
    await new Promise((resolve) => setTimeout(resolve, LIST_MS));
    return { here: 'in use', there: 'accepted' };
  }),
  step('our public post is relayed', {}, async (stage) => {
    const { uri } = await publish(stage.alice, 'for all the world');
    const { content } = await onFederated(stage, uri);
    return { here: `at the second: ${content.replaceAll(/<[^>]*>/g, '')}`, there: 'announced' };
  }),
  step('our unlisted post is not', {}, async (stage) => {
    const quiet = await publish(stage.alice, 'for few', { visibility: 'unlisted' });
    await onFederated(stage, (await publish(stage.alice, 'and again for all')).uri);
    const found = await stage.second.reader.api.get<{ statuses: StatusSeen[] }>(`/api/v2/search?q=${encodeURIComponent(quiet.uri)}`);
    if (found.statuses.length > 0) throw new Error('the second server has it');
    return { here: 'not at the second', there: 'not sent' };
  }),
  step('our edit is relayed', {}, async (stage) => {
    const { id, uri } = await publish(stage.alice, 'relayed with a tpyo');
    const theirs = await onFederated(stage, uri);
    await stage.alice.api.ask('PUT', `/api/v1/statuses/${id}`, { status: 'relayed with a typo' });
    await statusWith(stage.second.reader, theirs.id, 'the edit at the second', ({ content }) => content.includes('typo'));
    return { here: 'edited at the second', there: 'forwarded' };
  }),
  step('our deletion is relayed', {}, async (stage) => {
    const { id, uri } = await publish(stage.alice, 'relayed for a while');
    const theirs = await onFederated(stage, uri);
    await stage.alice.api.delete(`/api/v1/statuses/${id}`);
    await goneHere(stage.second.reader, `/api/v1/statuses/${theirs.id}`);
    return { here: 'gone at the second', there: 'forwarded' };
  }),
  step('a post of the second comes to us', {}, async ({ alice, second }) => {
    const { uri } = await publish(second.reader, 'from the second');
    await until(`${uri} on our federated timeline`, async () => (await alice.api.get<StatusSeen[]>('/api/v1/timelines/public?limit=40')).find((status) => status.uri === uri), PATIENCE_MS);
    return { here: 'on the federated timeline', there: 'announced' };
  }),
  step('we leave', {}, async (stage) => {
    const { server, peer, alice, second } = stage;
    await trunkline(server, 'relays', 'remove', new URL('/inbox', peer.uri).href);
    await server.settled();
    const { uri } = await publish(alice, 'afterwards');
    await server.settled();
    const found = await second.reader.api.get<{ statuses: StatusSeen[] }>(`/api/v2/search?q=${encodeURIComponent(uri)}`);
    if (found.statuses.length > 0) throw new Error('it still went out');
    return { here: 'left', there: 'nothing relayed' };
  }),
];
