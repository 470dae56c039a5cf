import { element } from './element.js';
import { knownPosts } from './known-posts.js';
import type { Account, Relationship, Status } from './mastodon.js';
import type { PostActions } from './post-actions.js';
import { avatarOf, nameOf, postView } from './post-view.js';
import { api } from './session.js';

const ANSWER_AFTER_MS = [700, 1_500, 3_000, 6_000];

/** Finds people and posts by handle or address, on any server, and follows them. */
export function search(actions: PostActions): { readonly view: HTMLElement; run(text: string): Promise<void> } {
  const input = element('input', { id: 'search-text', type: 'search', name: 'q', placeholder: '@name@server.example', required: true, autocapitalize: 'none', spellcheck: 'false' });
  const results = element('div', { class: 'results', 'aria-live': 'polite' });
  const run = async (text: string): Promise<void> => {
    input.value = text;
    results.replaceChildren(element('p', { class: 'quiet' }, 'Looking …'));
    const found = await api<{ accounts: Account[]; statuses: Status[] }>('GET', `/api/v2/search?${new URLSearchParams({ q: text, resolve: 'true', limit: '5' }).toString()}`);
    const relationships = await relationshipsTo(found.accounts);
    const views = [
      ...found.accounts.map((account) => accountView(account, relationships.get(account.id), actions)),
      ...found.statuses.map((status) => postView(status, actions)),
    ];
    results.replaceChildren(...(views.length === 0 ? [element('p', { class: 'quiet' }, 'Nothing was found.')] : views));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    run(input.value.trim()).catch((error: unknown) => {
      results.replaceChildren();
      actions.onError(error);
    });
  };
  const view = element('section', { class: 'search', 'aria-label': 'Search' },
    element('form', { submit, role: 'search' },
      element('label', { for: 'search-text' }, 'Follow somebody, or find a post'),
      element('div', { class: 'row' }, element('div', { class: 'grow' }, input), element('button', { type: 'submit' }, 'Search')),
    ),
    results,
  );
  return { view, run };
}

async function relationshipsTo(accounts: readonly Account[]): Promise<ReadonlyMap<string, Relationship>> {
  if (accounts.length === 0) return new Map();
  const query = new URLSearchParams(accounts.map(({ id }) => ['id[]', id]));
  const found = await api<Relationship[]>('GET', `/api/v1/accounts/relationships?${query.toString()}`);
  return new Map(found.map((relationship) => [relationship.id, relationship]));
}

function accountView(account: Account, relationship: Relationship | undefined, actions: PostActions): HTMLElement {
  const { me, onError } = actions;
  let now = relationship;
  const button = element('button', { type: 'button' });
  const show = (): void => {
    button.textContent = now?.following === true ? 'Unfollow' : now?.requested === true ? 'Cancel request' : 'Follow';
  };
  const change = async (verb: string): Promise<void> => {
    now = await api<Relationship>('POST', `/api/v1/accounts/${account.id}/${verb}`);
    show();
    // Another server answers a request within moments, and nothing tells us: look again.
    for (const waitMs of ANSWER_AFTER_MS) {
      if (!now?.requested) return;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      now = (await relationshipsTo([account])).get(account.id) ?? now;
      show();
    }
  };
  button.addEventListener('click', () => {
    const verb = now?.following === true || now?.requested === true ? 'unfollow' : 'follow';
    change(verb).catch(onError);
  });
  show();
  const posts = knownPosts(account, actions);
  return element('article', { class: 'found' },
    element('div', { class: 'person' }, avatarOf(account),
      element('div', { class: 'who' }, element('a', { class: 'name', href: account.url }, nameOf(account)), element('span', { class: 'handle' }, `@${account.acct}`)),
      posts.button,
      account.id !== me.id && button,
    ),
    posts.place,
  );
}
