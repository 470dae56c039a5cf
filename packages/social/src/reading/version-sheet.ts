import type { VersionName } from '@trunkline/domain';
import type { Versions } from '../ports/versions.js';

/** The tokens that one page needs, each asked for once, before what it stands for is loaded. */
export class VersionSheet {
  private readonly tokens = new Map<VersionName, string>();
  private epoch: string | null = null;
  private lost = false;

  constructor(private readonly versions: Versions) {}

  /** False while versions cannot be told, and after they were all renewed amid the page: nothing kept is believed then. */
  get isTold(): boolean {
    return !this.lost;
  }

  /** A version that this process knows by itself. */
  know(name: VersionName, token: string): void {
    this.tokens.set(name, token);
  }

  async ask(names: Iterable<VersionName>): Promise<void> {
    if (this.lost) return;
    const unknown = [...new Set(names)].filter((name) => !this.tokens.has(name));
    if (unknown.length === 0) return;
    const read = await this.versions.read(unknown);
    if (read === null || (this.epoch !== null && read.epoch !== this.epoch)) {
      this.lost = true;
      return;
    }
    this.epoch = read.epoch;
    for (let at = 0; at < unknown.length; at += 1) {
      const token = read.tokens[at] ?? null;
      this.tokens.set(unknown[at] ?? '', token === null ? read.epoch : read.epoch + token);
    }
  }

  /** Undefined: not asked for, or not to be told. */
  token(name: VersionName): string | undefined {
    return this.lost ? undefined : this.tokens.get(name);
  }
}
