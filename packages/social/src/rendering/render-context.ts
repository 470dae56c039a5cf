import type { RenderContext } from '@trunkline/mastodon-api';
import type { SocialSettings } from '../ports/social-ports.js';
import { portHostsOf } from '../statuses/compose-text.js';

/** What the renderers of the client API need to know of this server. */
export const renderContextOf = (settings: SocialSettings): RenderContext => ({
  baseUrl: settings.baseUrl,
  localDomain: settings.localDomain,
  portHosts: portHostsOf(settings),
});
