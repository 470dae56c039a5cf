import { Random } from './random.js';

/** Something somebody does. Statuses are named by tokens until they have ids. */
export interface Step {
  /** 1, 2, 3, …: also the order of claims. */
  readonly op: number;
  /** Who does it; the steps of one person follow one another. */
  readonly who: string;
  readonly kind: StepKind;
  /** The status it makes or is about; for follows, whom. */
  readonly object: string;
  /** For a reply: the status it answers. */
  readonly replyTo?: string;
  /** Somebody here whom a post of a remote names. */
  readonly names?: string;
  /** Edits and their first version, 0. */
  readonly version?: number;
  /** How often a remote sends its activity: others repeat themselves. */
  readonly sends: number;
}

type Toggle = 'favourite' | 'boost' | 'follow';

export type StepKind = 'post' | 'edit' | 'delete' | 'boost' | 'unboost' | 'favourite' | 'unfavourite' | 'follow' | 'unfollow';

export interface Sizes {
  readonly operations: number;
  readonly writers: number;
  readonly remotes: number;
}

export interface Cast {
  /** People here who write and read; all follow each other and every remote person. */
  readonly writers: readonly string[];
  /** People here who only follow and unfollow. */
  readonly churners: readonly string[];
  /** One person on each remote server; they follow every writer. */
  readonly remotes: readonly string[];
}

export function castOf(round: string, sizes: Sizes): Cast {
  const names = (kind: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${round}${kind}${index}`);
  return { writers: names('w', sizes.writers), churners: names('c', 2), remotes: names('r', sizes.remotes) };
}

interface Written {
  readonly token: string;
  readonly author: string;
  version: number;
}

/** Deletions are limited for each person (30 in 30 minutes, as Mastodon does): fewer are planned. */
const DELETES_EACH_MAX = 15;

/** The same steps for the same seed. `round` prefixes every token, so that rounds on one stage are told apart. */
export function planSteps(seed: number, round: string, cast: Cast, operations: number): Step[] {
  return new Planner(new Random(seed), round, cast).plan(operations);
}

class Planner {
  private readonly steps: Step[] = [];
  /** Statuses that others react to; they are edited but never deleted, so that every reaction can be done. */
  private readonly lasting: Written[] = [];
  /** Statuses that nobody touches but their authors, who delete them. */
  private readonly passing: Written[] = [];
  /** Reactions and follows that stand, by who, what and whom. */
  private readonly on = new Map<string, { readonly who: string; readonly kind: Toggle; readonly object: string }>();
  private readonly deletes = new Map<string, number>();

  constructor(
    private readonly random: Random,
    private readonly round: string,
    private readonly cast: Cast,
  ) {}

  plan(operations: number): Step[] {
    while (this.steps.length < operations) {
      const roll = this.random.next();
      if (roll < 0.5 || this.lasting.length === 0) this.post();
      else if (roll < 0.62) this.edit();
      else if (roll < 0.68) this.delete();
      else if (roll < 0.92) this.react();
      else this.follow();
    }
    return this.steps;
  }

  private add(step: Omit<Step, 'op' | 'sends'>): void {
    const sends = this.cast.remotes.includes(step.who) && this.random.chance(0.3) ? 2 + this.random.below(2) : 1;
    this.steps.push({ op: this.steps.length + 1, sends, ...step });
  }

  private post(): void {
    const author = this.random.pick([...this.cast.writers, ...this.cast.writers, ...this.cast.remotes]);
    const written = { token: `${this.round}-${this.steps.length + 1}`, author, version: 0 };
    const isLasting = this.random.chance(0.75);
    const parent = isLasting && this.cast.writers.includes(author) && this.random.chance(0.2) ? this.localLasting() : undefined;
    const names = isLasting && this.cast.remotes.includes(author) && this.random.chance(0.3) ? this.random.pick(this.cast.writers) : undefined;
    (isLasting ? this.lasting : this.passing).push(written);
    this.add({ who: author, kind: 'post', object: written.token, version: 0, ...(parent === undefined ? {} : { replyTo: parent.token }), ...(names === undefined ? {} : { names }) });
  }

  private edit(): void {
    const written = this.random.pick(this.lasting);
    written.version += 1;
    this.add({ who: written.author, kind: 'edit', object: written.token, version: written.version });
  }

  private delete(): void {
    const written = this.passing.shift();
    if (written === undefined) return;
    const done = this.deletes.get(written.author) ?? 0;
    if (done >= DELETES_EACH_MAX) return;
    this.deletes.set(written.author, done + 1);
    this.add({ who: written.author, kind: 'delete', object: written.token });
  }

  /** Mostly something new, sometimes what stands is undone; remotes only do. */
  private react(): void {
    const undoable = [...this.on.values()].filter(({ who, kind }) => kind !== 'follow' && !this.cast.remotes.includes(who));
    if (undoable.length > 0 && this.random.chance(0.2)) {
      const { who, kind, object } = this.random.pick(undoable);
      this.toggle(who, kind, object);
      return;
    }
    const written = this.localLasting();
    if (written === undefined) return;
    const who = this.random.pick([...this.cast.writers, ...this.cast.remotes].filter((name) => name !== written.author));
    const kind = this.random.chance(0.7) ? 'favourite' : 'boost';
    if (!this.on.has(`${who} ${kind} ${written.token}`)) this.toggle(who, kind, written.token);
  }

  private follow(): void {
    this.toggle(this.random.pick(this.cast.churners), 'follow', this.random.pick(this.cast.writers));
  }

  private toggle(who: string, kind: Toggle, object: string): void {
    const key = `${who} ${kind} ${object}`;
    const isOn = this.on.delete(key);
    if (!isOn) this.on.set(key, { who, kind, object });
    this.add({ who, kind: isOn ? `un${kind}` : kind, object });
  }

  private localLasting(): Written | undefined {
    const local = this.lasting.filter(({ author }) => this.cast.writers.includes(author));
    return local.length === 0 ? undefined : this.random.pick(local);
  }
}
