import type { AccountId, Snowflake } from '@trunkline/kernel';
import { channelKey, type Channel } from '../channels/channel.js';

/** What goes to a client: `payload` is text, JSON for everything but deletions. */
export interface StreamEvent {
  readonly stream: readonly string[];
  readonly event: 'update' | 'status.update' | 'delete' | 'notification';
  readonly payload: string;
}

/** Why we end a connection. */
export type CloseReason = 'revoked' | 'slow' | 'restart';

/** Whose connection it is, and what their token opens. */
export interface StreamIdentity {
  readonly accountId: AccountId;
  readonly tokenId: Snowflake;
  readonly scopes: readonly string[];
}

/** An open connection of somebody, whatever its transport. */
export interface StreamClient {
  readonly who: StreamIdentity;
  send(event: StreamEvent): void;
  close(reason: CloseReason): void;
}

export interface Listener {
  readonly client: StreamClient;
  readonly channel: Channel;
}

/** Opens the live messages of one account, those for many accounts, for the followers of authors, or the public ones; the answer ends them. */
export interface LiveSources {
  openUser(accountId: AccountId): () => void;
  openHomes(): () => void;
  openFollowers(): () => void;
  openPublic(): () => void;
}

const CHANNELS_PER_CLIENT = 64;
const CLIENTS_PER_TOKEN = 16;

/**
 * Who listens to what in this process. The messages of an account, and the public ones, are asked for once, from the
 * first listener until the last one leaves.
 */
export class Listeners {
  private readonly clients = new Map<StreamClient, Map<string, Listener>>();
  private readonly clientsOfToken = new Map<Snowflake, number>();
  private readonly users = new Map<AccountId, { readonly listeners: Set<Listener>; readonly close: () => void }>();
  private readonly publicListeners = new Set<Listener>();
  private closePublic: (() => void) | null = null;
  private closeHomes: (() => void) | null = null;
  private closeFollowers: (() => void) | null = null;

  constructor(private readonly sources: LiveSources) {}

  /** False: this token has as many connections as it may. */
  connect(client: StreamClient): boolean {
    const open = this.clientsOfToken.get(client.who.tokenId) ?? 0;
    if (open >= CLIENTS_PER_TOKEN) return false;
    this.clientsOfToken.set(client.who.tokenId, open + 1);
    this.clients.set(client, new Map());
    return true;
  }

  disconnect(client: StreamClient): void {
    const channels = this.clients.get(client);
    if (channels === undefined) return;
    for (const listener of channels.values()) this.leave(listener);
    this.clients.delete(client);
    const open = (this.clientsOfToken.get(client.who.tokenId) ?? 1) - 1;
    if (open === 0) this.clientsOfToken.delete(client.who.tokenId);
    else this.clientsOfToken.set(client.who.tokenId, open);
  }

  /** Asking again for a channel changes nothing. False: the client listens to as many as it may, or is gone. */
  subscribe(client: StreamClient, channel: Channel): boolean {
    const channels = this.clients.get(client);
    if (channels === undefined) return false;
    const key = channelKey(channel);
    if (channels.has(key)) return true;
    if (channels.size >= CHANNELS_PER_CLIENT) return false;
    const listener = { client, channel };
    channels.set(key, listener);
    this.join(listener);
    return true;
  }

  unsubscribe(client: StreamClient, channel: Channel): void {
    const listener = this.clients.get(client)?.get(channelKey(channel));
    if (listener === undefined) return;
    this.clients.get(client)?.delete(channelKey(channel));
    this.leave(listener);
  }

  ofUser(accountId: AccountId): readonly Listener[] {
    return [...(this.users.get(accountId)?.listeners ?? [])];
  }

  /** Everybody who listens to their own messages. */
  userIds(): readonly AccountId[] {
    return [...this.users.keys()];
  }

  hasUser(accountId: AccountId): boolean {
    return this.users.has(accountId);
  }

  ofPublic(): readonly Listener[] {
    return [...this.publicListeners];
  }

  everyClient(): readonly StreamClient[] {
    return [...this.clients.keys()];
  }

  private join(listener: Listener): void {
    const { client, channel } = listener;
    if (channel.source === 'nothing') return;
    if (channel.source === 'public' || channel.source === 'tag') {
      this.publicListeners.add(listener);
      this.closePublic ??= this.sources.openPublic();
      return;
    }
    this.closeHomes ??= this.sources.openHomes();
    this.closeFollowers ??= this.sources.openFollowers();
    const known = this.users.get(client.who.accountId);
    if (known !== undefined) known.listeners.add(listener);
    else this.users.set(client.who.accountId, { listeners: new Set([listener]), close: this.sources.openUser(client.who.accountId) });
  }

  private leave(listener: Listener): void {
    if (this.publicListeners.delete(listener) && this.publicListeners.size === 0) {
      this.closePublic?.();
      this.closePublic = null;
    }
    const user = this.users.get(listener.client.who.accountId);
    if (user?.listeners.delete(listener) === true && user.listeners.size === 0) {
      user.close();
      this.users.delete(listener.client.who.accountId);
    }
    if (this.users.size === 0) {
      this.closeHomes?.();
      this.closeHomes = null;
      this.closeFollowers?.();
      this.closeFollowers = null;
    }
  }
}
