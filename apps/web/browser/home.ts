import { compose } from './compose.js';
import { element } from './element.js';
import { listen } from './live.js';
import type { Account, Status } from './mastodon.js';
import { notices } from './notices.js';
import type { PostActions } from './post-actions.js';
import { nameOf } from './post-view.js';
import { search } from './search.js';
import { api, finishSignIn, signIn, signOut, token } from './session.js';
import { timeline } from './timeline.js';

const app = document.querySelector<HTMLElement>('#app');
const line = document.querySelector<HTMLElement>('#status');

const NOTE_MS = 6_000;

/** One sentence, read out as well. */
function say(text: string): void {
  if (line !== null) line.textContent = text;
}
/** A sentence that matters only now. */
function note(text: string): void {
  say(text);
  setTimeout(() => line?.textContent === text && say(''), NOTE_MS);
}
const complain = (error: unknown): void => say(error instanceof Error ? error.message : 'Something went wrong.');

function showDoor(place: HTMLElement): void {
  const button = element('button', { type: 'button', class: 'primary', click: () => void signIn().catch(complain) }, 'Sign in');
  place.append(element('p', {}, `Read and write with your account on ${place.dataset['domain'] ?? 'this server'}.`), element('p', { class: 'actions' }, button));
}

async function showHome(place: HTMLElement): Promise<void> {
  const me = await api<Account>('GET', '/api/v1/accounts/verify_credentials');
  const bell = notices(complain);
  const actions: PostActions = { me, onError: complain, onReply: (status) => form.replyTo(status) };
  const home = timeline(actions);
  const form = compose(
    me,
    (status) => {
      home.add(status);
      note('Posted.');
    },
    complain,
  );
  const finder = search(actions);
  place.append(
    element('p', { class: 'row signed-in' },
      element('span', { class: 'grow' }, 'Signed in as ', element('a', { href: me.url }, nameOf(me))),
      bell.button,
      element('button', { type: 'button', class: 'quiet', click: () => void signOut() }, 'Sign out'),
    ),
    bell.list,
    form.view,
    finder.view,
    home.view,
  );
  await home.start();
  listen({
    onReturn: () => {
      home.catchUp().catch(complain);
      bell.refresh();
    },
    onEvent: (event, payload) => {
      if (event === 'update') home.announce(JSON.parse(payload) as Status);
      if (event === 'status.update') home.replace(JSON.parse(payload) as Status);
      if (event === 'delete') home.remove(payload);
      if (event === 'notification') bell.refresh();
    },
  });
  const wanted = new URLSearchParams(location.search).get('q');
  if (wanted !== null) await finder.run(wanted);
}

if (app !== null) {
  finishSignIn()
    .catch(complain)
    .then(() => (token() === null ? showDoor(app) : showHome(app)))
    .catch(complain);
}
