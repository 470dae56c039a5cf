import type { AccountJson } from '@trunkline/mastodon-api';
import { html, type Html } from '@trunkline/platform';
import { textWithEmojis } from './emojis.js';

/** Where we show an account: its page here, a stub of it, for accounts of other servers. */
export const profilePath = (account: Pick<AccountJson, 'acct'>): string => `/@${account.acct}`;

export const nameOf = (account: Pick<AccountJson, 'display_name' | 'username'>): string =>
  account.display_name.trim() === '' ? account.username : account.display_name;

export const displayName = (account: AccountJson): Html => textWithEmojis(nameOf(account), account.emojis);

/** `@name@our.domain`, as people elsewhere write it. */
export const fullHandle = (account: Pick<AccountJson, 'acct'>, localDomain: string): string =>
  account.acct.includes('@') ? `@${account.acct}` : `@${account.acct}@${localDomain}`;

export const avatar = (account: AccountJson, pixels: number): Html =>
  html`<img class="avatar" src="${account.avatar_static}" alt="" width="${pixels}" height="${pixels}" loading="lazy">`;

const COUNT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `1.2K`, spelled out for those who hear it. */
export const count = (value: number, one: string, many: string): Html =>
  html`<span><strong title="${value}">${COUNT.format(value)}</strong> ${value === 1 ? one : many}</span>`;

const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });
const MOMENT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

export const day = (iso: string): Html => html`<time datetime="${iso}">${DATE.format(new Date(iso))}</time>`;
export const moment = (iso: string): Html => html`<time datetime="${iso}">${MOMENT.format(new Date(iso))} UTC</time>`;
