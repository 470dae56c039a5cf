import { ApiClient, until, type ScriptedRemote, type TestPerson, type TestServer } from '../src/index.js';

export interface StatusJson {
  readonly id: string;
  readonly uri: string;
}

/** One copy of a server as this person uses it: its copies share stores, each has a port of its own. */
export const through = (copy: TestServer, person: TestPerson): ApiClient => new ApiClient(copy.url, person.token);

/** The account of a handle, fetched when it is new. */
export async function accountOf(api: ApiClient, handle: string): Promise<string> {
  const found = await api.get<{ accounts: { id: string }[] }>(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(handle)}`);
  const [account] = found.accounts;
  if (account === undefined) throw new Error(`${handle} was not found`);
  return account.id;
}

/** The person here and the first person of the remote follow each other. */
export async function befriend(server: TestServer, person: TestPerson, remote: ScriptedRemote): Promise<void> {
  await remote.follow(person.account.uri, `http://${server.domain}/inbox`);
  const id = await accountOf(person.api, remote.person.handle);
  await person.api.post(`/api/v1/accounts/${id}/follow`);
  const asked = await remote.untilPost('the follow', ({ type, activity }) => type === 'Follow' && activity?.['actor'] === person.account.uri);
  await remote.sendActivity(`http://${server.domain}/inbox`, remote.person.activity('Accept', asked.activity));
  await until('both to follow each other', async () => {
    const [ties] = await person.api.get<{ following: boolean; followed_by: boolean }[]>(`/api/v1/accounts/relationships?id[]=${id}`);
    return ties?.following === true && ties.followed_by;
  });
  await server.settled();
}

/** A public note of the remote's first person that has come here. */
export async function noteFrom(server: TestServer, remote: ScriptedRemote, content: string, extra: Readonly<Record<string, unknown>> = {}): Promise<StatusJson> {
  const note = remote.person.note(content, extra);
  const { status } = await remote.sendActivity(`http://${server.domain}/inbox`, remote.person.create(note));
  if (status !== 202) throw new Error(`the note was answered ${status}`);
  const stored = await until(`the note ${note.id}`, async () => (await server.backbone.store.statusesByUris([note.id]))[0]);
  await server.settled();
  return { id: stored.id, uri: note.id };
}
