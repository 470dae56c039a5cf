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

export interface Poll {
  id: string;
  expired: boolean;
  multiple: boolean;
  voters_count: number | null;
  votes_count: number;
  voted?: boolean;
  options: { title: string; votes_count: number | null }[];
  emojis: Emoji[];
}

export interface Status {
  id: string;
  url: string | null;
  created_at: string;
  account: Account;
  content: string;
  visibility: string;
  spoiler_text: string;
  sensitive: boolean;
  language: string | null;
  media_attachments: Media[];
  emojis: Emoji[];
  mentions: { acct: string }[];
  poll: Poll | null;
  quote: { quoted_status?: Status | null } | null;
  reactions?: { name: string; count: number; url?: string | null }[];
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
