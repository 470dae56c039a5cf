interface Reply {
  readonly id?: number;
  readonly result?: unknown;
}

/** Speaks with a process that was started with --inspect: collects its garbage and asks what is left. */
export class Inspector {
  private count = 0;
  private readonly waiting = new Map<number, (result: unknown) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as Reply;
      this.waiting.get(id ?? 0)?.(result);
      this.waiting.delete(id ?? 0);
    });
  }

  static async attach(port: number): Promise<Inspector> {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`no inspector on port ${port}`)));
    });
    return new Inspector(socket);
  }

  /** MB of the heap that are reachable. */
  async liveHeapMb(): Promise<number> {
    await this.call('HeapProfiler.collectGarbage');
    const { usedSize } = await this.call<{ usedSize: number }>('Runtime.getHeapUsage');
    return usedSize / 2 ** 20;
  }

  close(): void {
    this.socket.close();
  }

  private call<T>(method: string): Promise<T> {
    this.count += 1;
    const id = this.count;
    return new Promise((resolve) => {
      this.waiting.set(id, (result) => resolve(result as T));
      this.socket.send(JSON.stringify({ id, method }));
    });
  }
}
