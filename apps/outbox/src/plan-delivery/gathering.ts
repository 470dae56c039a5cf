/** A read by one key. undefined: there is nothing under it. */
export type ReadOne<K, V> = (key: K) => Promise<V | undefined>;

interface Waiting<K, V> {
  readonly key: K;
  readonly answer: (value: V | undefined) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * Lets many run side by side as if each were alone, and asks for what they wait for together: one call a kind of read and
 * round, however many they are, and nothing twice. A round begins when nobody can go on, and all its answers are given at
 * once: who does the same stays in step. For one transaction whose locks are had: what was read once is not read again.
 */
export class Gathering {
  private readonly kinds: (() => Promise<() => void>)[] = [];
  private isDue = false;
  private isWanted = false;
  private failed: unknown;

  /** @param load all of the keys, by their names; each once, never none */
  one<K, V>(nameOf: (key: K) => string, load: (keys: readonly K[]) => Promise<ReadonlyMap<string, V>>): ReadOne<K, V> {
    const answers = new Map<string, Promise<V | undefined>>();
    let waiting = new Map<string, Waiting<K, V>>();
    this.kinds.push(async () => {
      const asked = [...waiting];
      waiting = new Map();
      if (asked.length === 0) return () => undefined;
      try {
        const found = await load(asked.map(([, { key }]) => key));
        return () => asked.forEach(([name, { answer }]) => answer(found.get(name)));
      } catch (error) {
        // In a transaction all further reads fail as well, and say less.
        this.failed ??= error;
        return () => asked.forEach(([, { refuse }]) => refuse(this.failed));
      }
    });
    return (key) => {
      const name = nameOf(key);
      const known = answers.get(name);
      if (known !== undefined) return known;
      const answer = new Promise<V | undefined>((resolve, reject) => waiting.set(name, { key, answer: resolve, refuse: reject }));
      answers.set(name, answer);
      this.plan();
      return answer;
    };
  }

  /** Rows with an id, by many of these; unknown ones are left out. */
  many<V extends { readonly id: string }, K extends string>(load: (ids: readonly K[]) => Promise<readonly V[]>): (ids: readonly K[]) => Promise<V[]> {
    const one = this.one<K, V>(String, async (ids) => new Map((await load(ids)).map((row) => [row.id, row])));
    return async (ids) => (await Promise.all([...new Set(ids)].map(one))).filter((row) => row !== undefined);
  }

  private plan(): void {
    this.isWanted = true;
    if (this.isDue) return;
    this.isDue = true;
    // After all that was waiting to go on has done so, and asked.
    queueMicrotask(() => process.nextTick(() => void this.round()));
  }

  private async round(): Promise<void> {
    this.isWanted = false;
    const given = await Promise.all(this.kinds.map((ask) => ask()));
    this.isDue = false;
    for (const give of given) give();
    // Somebody who had waited for something else asked meanwhile.
    if (this.isWanted) this.plan();
  }
}
