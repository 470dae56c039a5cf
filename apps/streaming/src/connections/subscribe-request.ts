import { AppError } from '@trunkline/kernel';
import { covers, outsideScopes } from '@trunkline/mastodon-api';
import { channelOf, type Channel, type ChannelRequest } from '../channels/channel.js';

/** The channel, when a token with these scopes may listen to it. @throws AppError 400 or 403 */
export function channelFor(request: ChannelRequest, scopes: readonly string[]): Channel {
  const channel = channelOf(request);
  if (!channel.ok) throw new AppError(400, channel.error.code, channel.error.safe);
  if (!covers(scopes, channel.value.scope)) throw outsideScopes();
  return channel.value;
}

export interface ClientMessage extends ChannelRequest {
  readonly type: 'subscribe' | 'unsubscribe';
}

/** A message of a WebSocket's client. @throws AppError 400 when it is no JSON, no object or asks for something else */
export function readClientMessage(text: string): ClientMessage {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) throw new AppError(400, 'bad_message', 'Invalid message');
  const { type, stream, tag, list } = value as Record<string, unknown>;
  if ((type !== 'subscribe' && type !== 'unsubscribe') || typeof stream !== 'string') {
    throw new AppError(400, 'bad_message', 'Unknown message type');
  }
  return { type, stream, tag, list };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError(400, 'bad_message', 'Invalid message', { cause });
  }
}
