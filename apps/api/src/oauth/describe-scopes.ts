const AREAS: Readonly<Record<string, string>> = {
  accounts: 'your account and profile',
  blocks: 'whom you block',
  bookmarks: 'your bookmarks',
  collections: 'your collections',
  conversations: 'your conversations',
  favourites: 'your favourites',
  filters: 'your filters',
  follows: 'whom you follow',
  lists: 'your lists',
  media: 'files that you upload',
  mutes: 'whom you mute',
  notifications: 'your notifications',
  reports: 'your reports',
  search: 'searches in your name',
  statuses: 'your posts, private ones too',
};

const ADMIN_AREAS: Readonly<Record<string, string>> = {
  accounts: "everybody's accounts, e-mail addresses included",
  reports: 'reports',
  domain_allows: 'allowed servers',
  domain_blocks: 'blocked servers',
  ip_blocks: 'blocked IP addresses',
  email_domain_blocks: 'blocked e-mail providers',
  canonical_email_blocks: 'blocked e-mail addresses',
};

const WHOLE: Readonly<Record<string, string>> = {
  read: 'Read everything of your account: posts, messages, notifications, whom you follow',
  write: 'Change everything of your account: post and delete, follow, block, edit your profile',
  follow: 'Change whom you follow, mute and block',
  push: 'Send notifications to your device',
  profile: 'See your name, picture and address of your profile, nothing else',
  'admin:read': 'Read everything that moderators of this server see',
  'admin:write': 'Moderate this server in your name',
};

/** What an app would be allowed to do, a sentence a scope, those that include others first. */
export function describeScopes(scopes: readonly string[]): string[] {
  const order = (scope: string): number => (scope in WHOLE ? 0 : 1);
  return [...scopes].sort((a, b) => order(a) - order(b)).map(sentenceFor);
}

function sentenceFor(scope: string): string {
  const whole = WHOLE[scope];
  if (whole !== undefined) return whole;
  const [first = '', second = '', third = ''] = scope.split(':');
  const isAdmin = first === 'admin';
  const area = isAdmin ? ADMIN_AREAS[third] : AREAS[second];
  const verb = (isAdmin ? second : first) === 'read' ? 'Read' : 'Change';
  return area === undefined ? scope : `${verb}${isAdmin ? ', as a moderator,' : ''}: ${area}`;
}
