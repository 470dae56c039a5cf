import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { readJson, writeJson } from './json-file.ts';
import { MastodonClient } from './mastodon-client.ts';
import { runTrunkline } from './running-server.ts';

/** One server of the demo, running. */
export interface DemoServer {
  readonly url: string;
  readonly domain: string;
  readonly folder: DataFolder;
  readonly env: NodeJS.ProcessEnv;
}

/** Somebody who can sign in. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly isOwner: boolean;
}

const names = [
  ['alice', 'carol'],
  ['bob', 'dave'],
] as const;
const posts = ['Hello from my own server!', 'This post crossed from one server to the other, signed and verified.', 'Answer me from over there.'];

/** The people of one server; their passwords are made once and kept in its folder. The first one owns it. */
export function peopleOf(folder: DataFolder, index: 0 | 1): readonly Person[] {
  const path = join(folder.path, 'people.json');
  const known = readJson<Person[]>(path);
  if (known) return known;
  const people = names[index].map((name, place) => {
    return { name, email: `${name}@example.com`, password: randomBytes(9).toString('base64url'), isOwner: place === 0 };
  });
  writeJson(path, people);
  return people;
}

/**
 * Makes the people, lets each follow those of the other server, lets each write, and waits until every post has
 * crossed. Does nothing when it was done before.
 * @returns whether anything was done
 */
export async function seed(servers: readonly [DemoServer, DemoServer]): Promise<boolean> {
  const marker = join(servers[1].folder.path, 'seeded.json');
  if (existsSync(marker)) return false;
  const [left, right] = await Promise.all([signIn(servers[0], 0), signIn(servers[1], 1)]);
  for (const [here, there] of [[left, right], [right, left]] as const) {
    await Promise.all(here.flatMap((me) => there.map((other) => me.client.follow(other.handle))));
  }
  for (const [here, there] of [[left, right], [right, left]] as const) {
    for (const [index, me] of here.entries()) {
      for (const text of index === 0 ? posts : posts.slice(0, 1)) {
        const uri = await me.client.post(text);
        await Promise.all(there.map((other) => other.client.waitForHome(uri)));
      }
    }
  }
  writeJson(marker, { seeded: true });
  return true;
}

interface SignedIn {
  readonly handle: string;
  readonly client: MastodonClient;
}

function signIn(server: DemoServer, index: 0 | 1): Promise<SignedIn[]> {
  return Promise.all(peopleOf(server.folder, index).map((person) => signInAs(server, person)));
}

/** By the operators' own command, as a newcomer would. */
async function signInAs(server: DemoServer, person: Person): Promise<SignedIn> {
  const role = person.isOwner ? ['--role', 'Owner'] : [];
  const account = ['accounts', 'create', person.name, '--email', person.email, '--password', person.password, ...role, '--confirmed', '--approve'];
  // Fails when an earlier seeding was cut off behind it; then the token tells whether all is well.
  const created = await runTrunkline(account, server.env);
  const token = await runTrunkline(['apps', 'token', '--account', person.name, '--scopes', 'read write follow push'], server.env);
  const secret = token.output.trim().split(/\s+/).at(-1);
  if (token.code !== 0 || !secret) throw new Error(`No token for ${person.name}:\n${created.output}\n${token.output}`);
  return { handle: `@${person.name}@${server.domain}`, client: new MastodonClient(server.url, secret) };
}
