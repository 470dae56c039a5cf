/** The parts of Mastodon's entities that this page shows. */
export interface Emoji {
  shortcode: string;
  static_url: string;
}

export interface Account {
  id: string;
  acct: string;
  username: string;
  display_name: string;
  avatar_static: string;
  url: string;
  emojis: Emoji[];
}

export interface Media {
  type: string;
  url: string | null;
  preview_url: string | null;
  description: string | null;
}

export interface Status {
  id: string;
  url: string | null;
  created_at: string;
  account: Account;
  content: string;
  visibility: string;
  spoiler_text: string;
  language: string | null;
  media_attachments: Media[];
  emojis: Emoji[];
  mentions: { acct: string }[];
  reblog: Status | null;
  replies_count: number;
  reblogs_count: number;
  favourites_count: number;
  favourited?: boolean;
  reblogged?: boolean;
}

export interface Notice {
  id: string;
  type: string;
  account: Account;
  status?: Status;
}

export interface Relationship {
  id: string;
  following: boolean;
  requested: boolean;
}
