import type { JsonObject, SentAnswer } from '@trunkline/testing';
import { textOf } from './claims.js';
import { localOf, remoteOf, type People } from './cast.js';
import type { Step } from './plan.js';

type Activity = JsonObject & { readonly id: string };

/** How long ago posts were written: longer than all their edits take. */
const EARLIER_MS = 60_000;

/** Where the server is reached. */
export interface ServerAddresses {
  /** What requests are signed for, whichever copy they go to. */
  readonly host: string;
  /** Addresses of the shared inbox; more than one: of each copy, past the proxy. */
  readonly inboxUrls: readonly string[];
}

/** What people of other servers send. A repeat is the very same activity, under its first id. */
export class RemoteActs {
  private readonly activities = new Map<number, Activity>();
  private readonly notes = new Map<string, Activity>();
  private turn = 0;

  constructor(
    private readonly people: People,
    private readonly to: ServerAddresses,
  ) {}

  /** @throws Error when that token was never written about */
  noteId(token: string): string {
    const note = this.notes.get(token);
    if (note === undefined) throw new Error(`nobody wrote ${token}`);
    return note.id;
  }

  /** Sends the step's activity as often as it says, to the inboxes in turn; the best answer counts. */
  async send(step: Step, uri: string | undefined, attempt: number): Promise<SentAnswer> {
    const activity = this.activityOf(step, uri);
    const remote = remoteOf(this.people, step.who);
    const sends = attempt === 1 ? step.sends : 1;
    const answers = await Promise.allSettled(Array.from({ length: sends }, () => remote.sendActivity(this.nextInbox(), activity, { host: this.to.host })));
    const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const best = given.sort((one, other) => one.status - other.status)[0];
    if (best === undefined) throw new Error('no answer');
    return best;
  }

  /** The step's activity, for those who send it in ways of their own. */
  activityOf(step: Step, uri: string | undefined): Activity {
    const known = this.activities.get(step.op);
    if (known !== undefined) return known;
    const made = this.make(step, uri);
    this.activities.set(step.op, made);
    return made;
  }

  private make(step: Step, uri: string | undefined): Activity {
    const { person } = remoteOf(this.people, step.who);
    const note = this.notes.get(step.object);
    switch (step.kind) {
      case 'post': {
        const written = person.note(textOf(step.object, 0), { published: new Date(Date.now() - EARLIER_MS).toISOString(), ...this.mention(person.followers, step.names) });
        this.notes.set(step.object, written);
        return person.create(written);
      }
      case 'edit': {
        // Versions are a second apart and none lies ahead: times to come count as now, and tell no order.
        const updated = new Date(Date.parse(String(note?.['published'])) + (step.version ?? 0) * 1_000).toISOString();
        const edited = { ...note, content: `<p>${textOf(step.object, step.version ?? 0)}</p>`, updated };
        return person.activity('Update', edited, { to: note?.['to'], cc: note?.['cc'] });
      }
      case 'delete':
        return person.activity('Delete', { id: note?.id, type: 'Tombstone' }, { to: note?.['to'] });
      case 'favourite':
        return person.activity('Like', uri);
      case 'boost':
        return person.activity('Announce', uri, { to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [person.followers], published: new Date().toISOString() });
      default:
        throw new Error(`remotes do not ${step.kind}`);
    }
  }

  /** Named, and addressed beside the followers. */
  private mention(followers: string, name: string | undefined): JsonObject {
    if (name === undefined) return {};
    const { uri } = localOf(this.people, name).person.account;
    return { cc: [followers, uri], tag: [{ type: 'Mention', href: uri, name: `@${name}` }] };
  }

  private nextInbox(): string {
    this.turn += 1;
    const { inboxUrls } = this.to;
    return inboxUrls[this.turn % inboxUrls.length] ?? '';
  }
}
