import { freePort } from './free-port.js';
import { TestServer, type TestServerOptions } from './test-server.js';
import { unsettled } from './settled.js';
import { until } from './until.js';

/** Two servers that know each other, in one process. */
export class Fediverse {
  private constructor(
    readonly home: TestServer,
    readonly away: TestServer,
  ) {}

  /** `peers`: further hosts, e.g. scripted ones, that both may speak to over plain http. */
  static async start(options: { readonly peers?: readonly string[]; readonly home?: TestServerOptions; readonly away?: TestServerOptions } = {}): Promise<Fediverse> {
    const [homePort, awayPort] = [await freePort(), await freePort()];
    const peers = options.peers ?? [];
    const home = await TestServer.start({ ...options.home, port: homePort, peers: [`localhost:${awayPort}`, ...peers] });
    const away = await TestServer.start({ ...options.away, port: awayPort, peers: [`localhost:${homePort}`, ...peers] });
    return new Fediverse(home, away);
  }

  /** Resolves when neither server has anything left to do: twice in a row, since one may just have written to the other. */
  async settled(): Promise<void> {
    let calm = 0;
    await until('both servers to be settled', async () => {
      const left = [...(await unsettled(this.home.backbone.db)), ...(await unsettled(this.away.backbone.db))];
      calm = left.length === 0 ? calm + 1 : 0;
      if (left.length > 0) throw new Error(left.join(', '));
      return calm >= 2;
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.home.stop(), this.away.stop()]);
  }
}

export const startFediverse = (options: Parameters<typeof Fediverse.start>[0] = {}): Promise<Fediverse> => Fediverse.start(options);
