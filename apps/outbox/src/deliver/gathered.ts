/** Writes what comes in the same turn of the event loop by one statement. */
export class Gathered<T> {
  private next: { readonly items: T[]; readonly written: Promise<void> } | null = null;

  constructor(private readonly write: (items: readonly T[]) => Promise<void>) {}

  /** Resolves when it is written, rejects when that failed. */
  add(item: T): Promise<void> {
    if (this.next === null) {
      const items: T[] = [];
      this.next = { items, written: this.writeSoon(items) };
    }
    this.next.items.push(item);
    return this.next.written;
  }

  private async writeSoon(items: T[]): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.next = null;
    await this.write(items);
  }
}
