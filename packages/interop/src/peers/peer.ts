/** A JSON document as it came. */
export type Json = Readonly<Record<string, unknown>>;

/** Who may read a post; `to`: the one person it is addressed to. */
export type Audience = 'public' | 'unlisted' | 'followers' | { readonly to: string };

export interface Draft {
  readonly text: string;
  readonly audience: Audience;
  readonly inReplyTo?: string;
  /** A content warning. */
  readonly warning?: string;
  /** Whom the text names: their ids and their handles. */
  readonly mentions?: readonly { readonly uri: string; readonly handle: string }[];
}

/** What somebody at the other server does. Posts and people are named by their ids; resolves when it was taken on. */
export interface Acts {
  follow(person: string): Promise<void>;
  unfollow(person: string): Promise<void>;
  acceptFollow(person: string): Promise<void>;
  rejectFollow(person: string): Promise<void>;
  /** @returns the id of the post */
  post(draft: Draft): Promise<string>;
  edit(post: string, text: string): Promise<void>;
  remove(post: string): Promise<void>;
  like(post: string): Promise<void>;
  unlike(post: string): Promise<void>;
  boost(post: string): Promise<void>;
  unboost(post: string): Promise<void>;
  block(person: string): Promise<void>;
  unblock(person: string): Promise<void>;
  rename(name: string): Promise<void>;
}

/** What the other server holds, as its person sees it. */
export interface Looks {
  /** Our person as it holds them, fetched when it has to be. */
  person(uri: string): Promise<Json | null>;
  /** Our post as it holds it, without asking us. */
  post(uri: string): Promise<Json | null>;
  /** Our post, fetched from us with its own signature. */
  fetched(uri: string): Promise<Json | null>;
  follows(person: string): Promise<boolean>;
  followedBy(person: string): Promise<boolean>;
  likes(post: string): Promise<number>;
  boosts(post: string): Promise<number>;
  replies(post: string): Promise<number>;
  /** Whether an activity of a type about something reached the person. */
  heard(type: string, about: string): Promise<boolean>;
}

/** The other server while it runs. What its software does not have is left out, and the step is not played. */
export interface RunningPeer {
  /** Software and version, for the table. */
  readonly version: string;
  readonly handle: string;
  readonly uri: string;
  readonly acts: Partial<Acts>;
  readonly looks: Partial<Looks>;
  /** Steps that this software cannot take, and why. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** Instead of what people do with each other. */
  readonly scenario?: 'relaying';
  stop(): Promise<void>;
}

/** Where a peer is to be: everything it says and is asked goes over https. */
export interface Place {
  /** Its domain, with a certificate, without a port. */
  readonly domain: string;
  /** Where it must listen on 127.0.0.1; a proxy with the certificate stands before it. */
  readonly port: number;
  /** Empty, of its own. */
  readonly folder: string;
  /** The authority that signed every certificate of this world (PEM). */
  readonly authority: string;
  /** A Postgres database of its own; `extension`: one that it expects there. */
  database(extension?: string): Promise<string>;
}

export interface Peer {
  readonly name: string;
  /** How to have it here, and the variable that says where it is. */
  readonly install: string;
  /** @returns where it is installed; null when it is not */
  find(env: Readonly<Record<string, string | undefined>>): string | null;
  start(found: string, place: Place): Promise<RunningPeer>;
}
