/**
 * Ports on which a service that is no web server reads lines or commands: a request there is an attack on a
 * third party or on us, never federation. Any other port may be dialled, as between servers today.
 */
export const REFUSED_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 873, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379,
  2380, 3306, 3389, 3659, 4045, 4190, 4222, 5060, 5061, 5432, 5672, 5900, 6000, 6222, 6379, 6380, 6432, 6443, 6566, 6665,
  6666, 6667, 6668, 6669, 6679, 6697, 8222, 9042, 9092, 9200, 9300, 10250, 10255, 11211, 26379, 27017,
]);

/** Networks that need a proxy of their own. Asking the public DNS for them would betray what we look for. */
const OVERLAY_ZONES = ['onion', 'i2p', 'alt'];
/** Zones that exist only inside somebody's network: ours (RFC 6762, RFC 8375, ICANN `internal`). */
const LOCAL_ZONES = ['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'private', 'localdomain', 'home.arpa'];

const within = (name: string, zones: readonly string[]): boolean =>
  zones.some((zone) => name === zone || name.endsWith(`.${zone}`));

/** What a host name, lower case and without port, says about where it leads. */
export function kindOfName(name: string): 'public' | 'local' | 'overlay' | 'malformed' {
  if (name.length === 0 || name.length > 253 || name.startsWith('.') || name.endsWith('.')) return 'malformed';
  if (within(name, OVERLAY_ZONES)) return 'overlay';
  if (!name.includes('.') || within(name, LOCAL_ZONES)) return 'local';
  return 'public';
}
