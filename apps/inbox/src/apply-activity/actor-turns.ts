interface Ticket {
  readonly actorUri: string;
  /** Called when nobody stands before it any more. */
  readonly onTurn: (actorUri: string) => void;
}

/** Batches of this process that hold activities of the same actor take turns, in the order in which they came. */
export class ActorTurns {
  /** Who is at work for an actor, and behind it those who wait. */
  private readonly lines = new Map<string, Ticket[]>();

  /** Stands in the line of each of these actors. */
  take(actorUris: readonly string[]): BatchTurns {
    return new BatchTurns(actorUris, {
      join: (ticket) => {
        const line = this.lines.get(ticket.actorUri) ?? [];
        this.lines.set(ticket.actorUri, line);
        if (line.push(ticket) === 1) ticket.onTurn(ticket.actorUri);
      },
      leave: (ticket) => this.leave(ticket),
    });
  }

  private leave(ticket: Ticket): void {
    const line = this.lines.get(ticket.actorUri) ?? [];
    const at = line.indexOf(ticket);
    line.splice(at, 1);
    if (line.length === 0) this.lines.delete(ticket.actorUri);
    else if (at === 0) line[0]?.onTurn(ticket.actorUri);
  }
}

/** One batch's places in the lines of its actors. */
export class BatchTurns {
  private readonly tickets = new Map<string, Ticket>();
  private come: string[] = [];
  private given = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly actorUris: readonly string[],
    private readonly lines: { join(ticket: Ticket): void; leave(ticket: Ticket): void },
  ) {
    for (const actorUri of actorUris) {
      const ticket = { actorUri, onTurn: (uri: string) => this.onTurn(uri) };
      this.tickets.set(actorUri, ticket);
      lines.join(ticket);
    }
  }

  /** The actors whose turn has come since the last call, one at least; null once every actor has been given. */
  async next(): Promise<readonly string[] | null> {
    if (this.given === this.actorUris.length) return null;
    if (this.come.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    this.given += this.come.length;
    return this.come.splice(0);
  }

  /** Lets the next one go on with this actor. */
  end(actorUri: string): void {
    const ticket = this.tickets.get(actorUri);
    if (ticket === undefined) return;
    this.tickets.delete(actorUri);
    this.lines.leave(ticket);
  }

  /** Gives up every place that is left. */
  endAll(): void {
    for (const actorUri of [...this.tickets.keys()]) this.end(actorUri);
  }

  private onTurn(actorUri: string): void {
    this.come.push(actorUri);
    this.wake();
  }
}
