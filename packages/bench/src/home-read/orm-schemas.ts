/** As much of a status as TypeORM loads. */
export interface OrmStatus {
  readonly id: string;
  readonly boostOf: { readonly id: string } | null;
}

export interface OrmFlag {
  readonly statusId: string;
}

const text = (name: string): object => ({ type: 'text', name, nullable: true });
const id = (name: string, primary = false): object => ({ type: 'bigint', name, primary });
const time = (name: string): object => ({ type: 'timestamptz', name, nullable: true });
const flag = (name: string, tableName: string): object => ({
  name,
  tableName,
  schema: 'social',
  columns: { accountId: id('account_id', true), statusId: id('status_id', true) },
});

/** The tables of a page as entities, every column that a page shows. */
export const SCHEMAS: readonly object[] = [
  {
    name: 'account',
    tableName: 'accounts',
    schema: 'social',
    columns: {
      id: id('id', true), username: text('username'), domain: text('domain'), uri: text('uri'), url: text('url'), displayName: text('display_name'), note: text('note'),
      fields: { type: 'jsonb', name: 'fields' }, emojis: { type: 'jsonb', name: 'emojis' }, avatarUrl: text('avatar_url'), headerUrl: text('header_url'),
      locked: { type: 'boolean', name: 'locked' }, createdAt: time('created_at'),
    },
  },
  {
    name: 'stats',
    tableName: 'status_stats',
    schema: 'social',
    columns: { statusId: id('status_id', true), replies: id('replies_count'), boosts: id('boosts_count'), favourites: id('favourites_count') },
  },
  {
    name: 'status',
    tableName: 'statuses',
    schema: 'social',
    columns: {
      id: id('id', true), uri: text('uri'), url: text('url'), content: text('content'), spoilerText: text('spoiler_text'), sensitive: { type: 'boolean', name: 'sensitive' },
      visibility: text('visibility'), language: text('language'), media: { type: 'jsonb', name: 'media' }, emojis: { type: 'jsonb', name: 'emojis' },
      tags: { type: 'text', name: 'tags', array: true }, createdAt: time('created_at'), editedAt: time('edited_at'),
    },
    relations: {
      account: { type: 'many-to-one', target: 'account', joinColumn: { name: 'account_id' } },
      boostOf: { type: 'many-to-one', target: 'status', joinColumn: { name: 'boost_of_id' } },
      stats: { type: 'one-to-one', target: 'stats', joinColumn: { name: 'id' } },
    },
  },
  flag('favourite', 'favourites'),
  flag('bookmark', 'bookmarks'),
];
