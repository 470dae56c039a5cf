import { element } from './element.js';
import { ask } from './session.js';

const ASK_EVERY_MS = 2_000;
const ASK_TIMES = 60;
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** What an answer says of its list: that it is not whole, how far it goes, and what is being read for it. */
export interface HowPartial {
  readonly reading: string | null;
  readonly readAt: Date | null;
}

export function partialOf(headers: Headers): HowPartial {
  const readAt = /read-at="([^"]+)"/.exec(headers.get('trunkline-partial') ?? '')?.[1];
  const reading = /^id="([^"]+)"/.exec(headers.get('mastodon-async-refresh') ?? '')?.[1];
  return { reading: reading ?? null, readAt: readAt === undefined ? null : new Date(readAt) };
}

interface Mark {
  readonly text: string;
  /** Where the whole of it is. */
  readonly whole: { readonly href: string; readonly label: string } | null;
  readonly partial: HowPartial;
}

/** A sentence above or below a list that says so: nobody shall take it for all there is. */
export function partialMark({ text, whole, partial }: Mark): HTMLElement {
  const { reading, readAt } = partial;
  return element('aside', { class: reading === null ? 'partial' : 'partial reading', role: 'note' },
    element('p', {}, text, reading !== null ? ' More is being read right now …' : readAt !== null && ` The newest were read there on ${DAY.format(readAt)}.`),
    whole !== null && element('p', {}, element('a', { href: whole.href, target: '_blank', rel: 'nofollow noopener noreferrer' }, whole.label)),
  );
}

/** Resolves with true when what is being read has come to its end; false when it takes too long, or the place is gone. */
export async function untilRead(reading: string, place: HTMLElement): Promise<boolean> {
  for (let times = 0; times < ASK_TIMES; times += 1) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    if (!place.isConnected || place.hidden) return false;
    const { json } = await ask<{ async_refresh: { status: string } }>('GET', `/api/v1_alpha/async_refreshes/${reading}`);
    if (json.async_refresh.status === 'finished') return true;
  }
  return false;
}

/** The server of a handle that is not of here. */
export const hostOf = (acct: string): string | null => acct.split('@')[1] ?? null;
