import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteAuthors, type Sender, type SignedRequest } from '../harness/remote-authors.js';
import { serveTasks } from '../harness/worker-process.js';

const CONNECTIONS = 64;
const AGAIN_MAX = 40;
const AGAIN_MS = 250;

export interface Volley {
  readonly round: number;
  readonly count: number;
  /** Where it is sent: the Host that is signed. */
  readonly domain: string;
  /** A person there, named in every post. */
  readonly mentionedUri: string;
}

let authors: RemoteAuthors | null = null;
let signed: SignedRequest[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/** `count` hosts with an actor and a key id each. */
function makeSenders({ count }: { readonly count: number }): readonly Sender[] {
  authors = new RemoteAuthors(count);
  return authors.senders;
}

/** Writes and signs the posts of a round before the clock runs. @returns the bytes of one body */
function prepare({ round, count, domain, mentionedUri }: Volley): number {
  const all = authors;
  if (all === null) throw new Error('there are no senders');
  signed = Array.from({ length: count }, (_, index) => {
    const author = index % all.senders.length;
    const uri = `${all.senders[author]?.actorUri}/statuses/${Date.now()}${round}${index}`;
    return all.create(author, { uri, domain, mentionedUri });
  });
  return signed[0]?.body.length ?? 0;
}

/** Sends the round over keep-alive connections. @returns how many were answered 202. @throws Error on another answer */
async function fire({ port }: { readonly port: number }): Promise<number> {
  let refused = 0;
  const queue = signed.values();
  const lane = async (): Promise<void> => {
    for (const one of queue) {
      let status = await post(port, one);
      // Told to come back, it does, as a peer would; sooner, since the clock runs.
      for (let again = 0; status === 503 && again < AGAIN_MAX; again += 1) {
        refused += 1;
        await sleep(AGAIN_MS);
        status = await post(port, one);
      }
      if (status !== 202) throw new Error(`a post was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  if (refused > 0) process.stderr.write(`  ${refused} posts were told to come back\n`);
  return signed.length;
}

function post(port: number, { headers, body }: SignedRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/inbox', method: 'POST', headers, agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The other side closed a connection that lay idle, in the moment in which it was used again.
      if (sent.reusedSocket && error.code === 'ECONNRESET') post(port, { headers, body }).then(resolve, reject);
      else reject(error);
    });
    sent.end(body);
  });
}

/** The load of the inbox benchmarks: two hundred servers that knock. */
export const serve = (): void => serveTasks({ makeSenders, prepare, fire });
