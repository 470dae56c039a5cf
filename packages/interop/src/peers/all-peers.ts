import { activitypubBot } from './activitypub-bot.js';
import { activityRelay } from './activityrelay.js';
import { bovine } from './bovine.js';
import type { Peer } from './peer.js';
import { upub } from './upub.js';

export const ALL_PEERS: readonly Peer[] = [activitypubBot, activityRelay, upub, bovine];
