import type { Clock } from '@trunkline/kernel';

/**
 * A figure that is dear to work out and may be some minutes old. Callers at the same time share one look; while
 * looking fails, the former figure stands.
 */
export class Remembered<T> {
  private value: { readonly loaded: T; readonly atMs: number } | null = null;
  private loading: Promise<T> | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly keepMs: number,
    private readonly load: () => Promise<T>,
  ) {}

  /** @throws what `load` throws, only when nothing was ever loaded */
  async get(): Promise<T> {
    if (this.value !== null && this.clock.nowMs() - this.value.atMs < this.keepMs) return this.value.loaded;
    this.loading ??= this.look().finally(() => (this.loading = null));
    return this.loading;
  }

  private async look(): Promise<T> {
    try {
      const loaded = await this.load();
      this.value = { loaded, atMs: this.clock.nowMs() };
      return loaded;
    } catch (error) {
      if (this.value === null) throw error;
      return this.value.loaded;
    }
  }
}
