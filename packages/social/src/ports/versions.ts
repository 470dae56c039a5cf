import type { VersionName } from '@trunkline/domain';

/** What was read of versions. */
export interface VersionsRead {
  /** Changes when nothing that was kept before may be believed any more. */
  readonly epoch: string;
  /** In the order asked for; null: not written lately. */
  readonly tokens: readonly (string | null)[];
}

/**
 * Tokens that change with what they name, the same for all copies of a service. Whoever keeps something in memory
 * reads its token first, loads it then, and believes it as long as the token stays. A token can be lost, so what is
 * kept must not be believed for longer than `KEPT_MS_MAX` either.
 */
export interface Versions {
  /** null: they cannot be told now; believe nothing that was kept. */
  read(names: readonly VersionName[]): Promise<VersionsRead | null>;
}

/** The longest that anything kept may be wrong: tokens live longer than this. */
export const KEPT_MS_MAX = 60_000;
