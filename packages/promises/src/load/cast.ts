import { ApiClient, until, type ScriptedRemote, type TestPerson } from '@trunkline/testing';
import type { Stage } from '../stage/stage.js';
import type { Cast } from './plan.js';

/** A person here, who asks as apps do: through the front door. */
export interface Local {
  readonly name: string;
  readonly person: TestPerson;
  readonly api: ApiClient;
}

/** Everybody of a round, with the ties that stand before it begins. */
export interface People {
  readonly cast: Cast;
  readonly locals: ReadonlyMap<string, Local>;
  readonly remotes: ReadonlyMap<string, ScriptedRemote>;
}

/** Where a round takes place: a stage, or a single server of a test. */
export interface Ground extends Pick<Stage, 'db' | 'remote'> {
  readonly split: { readonly url: string; readonly operator: { person(name: string): Promise<TestPerson> } };
  settled(): Promise<unknown>;
}

/** Signs all up and lets them follow each other, as `Cast` says. */
export async function gather(stage: Ground, cast: Cast): Promise<People> {
  const locals = new Map<string, Local>();
  for (const name of [...cast.writers, ...cast.churners]) {
    const person = await stage.split.operator.person(name);
    locals.set(name, { name, person, api: new ApiClient(stage.split.url, person.token) });
  }
  const remotes = new Map<string, ScriptedRemote>();
  for (const name of cast.remotes) remotes.set(name, await stage.remote({ name }));
  const people: People = { cast, locals, remotes };
  const writers = cast.writers.map((name) => localOf(people, name));
  for (const writer of writers) {
    for (const other of writers) if (other !== writer) await followed(writer.api, other.person.account.id);
    for (const remote of remotes.values()) await befriend(stage, writer, remote);
    // Feeds of people who do not read are not filled.
    await until('the home timeline', () => isTaken(writer.api.get('/api/v1/timelines/home')), 30_000);
  }
  await until('all ties to stand', () => tiesStand(stage, people), 120_000);
  await stage.settled();
  return people;
}

export function localOf(people: People, name: string): Local {
  const local = people.locals.get(name);
  if (local === undefined) throw new Error(`${name} does not live here`);
  return local;
}

export function remoteOf(people: People, name: string): ScriptedRemote {
  const remote = people.remotes.get(name);
  if (remote === undefined) throw new Error(`there is no remote ${name}`);
  return remote;
}

/** A writer and a remote person follow each other. */
async function befriend(stage: Ground, { api, person }: Local, remote: ScriptedRemote): Promise<void> {
  const inbox = `${stage.split.url}/inbox`;
  await until('the follow to be taken', () => isTaken(remote.follow(person.account.uri, inbox)), 30_000);
  const found = await until('the remote person to be found', async () => {
    const answer = await api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&q=${remote.person.handle}`);
    return answer.accounts[0];
  });
  await followed(api, found.id);
  const asked = await remote.untilPost('the follow', ({ type, activity }) => type === 'Follow' && activity?.['actor'] === person.account.uri, 60_000);
  await remote.sendActivity(inbox, remote.person.activity('Accept', asked.activity));
}

const followed = (api: ApiClient, accountId: string): Promise<boolean> =>
  until('the follow', () => isTaken(api.post(`/api/v1/accounts/${accountId}/follow`)), 30_000);

/** What the round before killed may not be quite back. */
const isTaken = (request: Promise<unknown>): Promise<boolean> =>
  request.then(
    () => true,
    () => false,
  );

async function tiesStand(stage: Ground, { cast }: People): Promise<boolean> {
  const names = [...cast.writers, ...cast.remotes];
  const [row] = await stage.db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM social.follows f
       JOIN social.accounts a ON a.id = f.account_id JOIN social.accounts b ON b.id = f.target_account_id
      WHERE a.username = ANY($1) AND b.username = ANY($1)`,
    [names],
  );
  const [writers, remotes] = [cast.writers.length, cast.remotes.length];
  return row?.count === writers * (writers - 1) + 2 * writers * remotes;
}
