import { element } from './element.js';
import type { Account, Status } from './mastodon.js';
import { api } from './session.js';

const CHARACTERS_MAX = 500;
const VISIBILITIES = [['public', 'Public'], ['unlisted', 'Unlisted'], ['private', 'Followers only'], ['direct', 'Mentioned people only']] as const;

export interface Compose {
  readonly view: HTMLElement;
  replyTo(status: Status): void;
}

/** The form for writing. `onPosted` gets what the server made of it. */
export function compose(me: Account, onPosted: (status: Status) => void, onError: (error: unknown) => void): Compose {
  const text = element('textarea', { id: 'compose-text', name: 'status', rows: 4, required: true, 'aria-describedby': 'compose-left' });
  const warning = element('input', { id: 'compose-warning', type: 'text', name: 'spoiler_text', maxlength: 500 });
  const visibility = element('select', { id: 'compose-visibility', name: 'visibility' }, ...VISIBILITIES.map(([value, label]) => element('option', { value }, label)));
  const left = element('output', { id: 'compose-left' }, String(CHARACTERS_MAX));
  const answering = element('p', { class: 'answering', hidden: true });
  const submit = element('button', { type: 'submit', class: 'primary' }, 'Post');
  let parent: Status | null = null;
  // The same for a second press and for a retry after a lost answer: one post comes of it.
  let key = crypto.randomUUID();

  const count = (): void => {
    left.textContent = String(CHARACTERS_MAX - [...text.value].length - [...warning.value].length);
  };
  const clear = (): void => {
    [parent, key] = [null, crypto.randomUUID()];
    answering.hidden = true;
    form.reset();
    count();
  };
  const send = async (): Promise<void> => {
    const body = { status: text.value, spoiler_text: warning.value, visibility: visibility.value, in_reply_to_id: parent?.id ?? null };
    const status = await api<Status>('POST', '/api/v1/statuses', body, { 'Idempotency-Key': key });
    clear();
    onPosted(status);
  };
  const form = element(
    'form',
    {
      class: 'compose',
      submit: (event) => {
        event.preventDefault();
        submit.disabled = true;
        send().catch(onError).finally(() => (submit.disabled = false));
      },
      input: count,
      keydown: (event) => {
        if (event instanceof KeyboardEvent && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
      },
    },
    answering,
    element('label', { for: 'compose-text' }, 'What is on your mind?'),
    text,
    element('div', { class: 'row' },
      element('div', { class: 'grow' }, element('label', { for: 'compose-warning' }, 'Content warning (optional)'), warning),
      element('div', {}, element('label', { for: 'compose-visibility' }, 'Who sees it'), visibility),
    ),
    element('div', { class: 'row end' }, element('span', { class: 'quiet' }, left, ' characters left'), submit),
  );

  const replyTo = (status: Status): void => {
    clear();
    parent = status;
    answering.hidden = false;
    answering.replaceChildren(`Answering @${status.account.acct} `, element('button', { type: 'button', class: 'quiet', click: clear }, 'Cancel'));
    text.value = greeting(status, me);
    visibility.value = status.visibility;
    warning.value = status.spoiler_text;
    count();
    text.focus();
  };
  return { view: form, replyTo };
}

/** Everybody in the talk but oneself. */
function greeting(status: Status, me: Account): string {
  const people = [status.account.acct, ...status.mentions.map(({ acct }) => acct)];
  return [...new Set(people)].filter((acct) => acct !== me.acct).map((acct) => `@${acct} `).join('');
}
