import { BlockList, isIPv6 } from 'node:net';
import type { DataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import { ReverseProxy } from './reverse-proxy.ts';
import type { TrustsPeer } from './proxy-headers.ts';
import { appNames } from './routes.ts';
import type { AppName } from './routes.ts';
import type { RunningServer, ServerOptions } from './running-server.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** A server of many processes. */
export interface SplitOptions extends ServerOptions {
  /** Copies of each app. */
  readonly replicas: number;
  /** Settings of one app alone, e.g. a database role of its own. */
  readonly envOf?: (app: AppName) => NodeJS.ProcessEnv;
  /** See SupervisedOptions. */
  readonly hungAfterMs?: number;
}

const proxyCloseMs = 5_000;
/** The proxy asks every quarter of a second who is ready: a copy that drains serves on until it has heard. */
const probeMs = '500';

/** Starts every app as processes of their own, N copies of each, behind the reverse proxy on `port`. */
export async function startSplit(folder: DataFolder, options: SplitOptions): Promise<RunningServer> {
  const processes: SupervisedProcess[] = [];
  const proxy = new ReverseProxy({
    upstreamsOf: (app) => processes.filter((copy) => copy.app === app),
    trustsPeer: readTrustedProxies(options.env.TRUSTED_PROXY_IP ?? ''),
  });
  const stop = async (): Promise<void> => {
    const closed = proxy.server.listening ? proxy.close(proxyCloseMs) : undefined;
    await Promise.all(processes.map((copy) => copy.stop()));
    await closed;
  };
  try {
    for (const app of appNames) {
      for (let index = 1; index <= options.replicas; index += 1) processes.push(await startCopy(folder, options, app, index));
    }
    await Promise.all(processes.map((copy) => copy.untilReady()));
    await proxy.listen(options.port, options.env.BIND || '127.0.0.1');
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://localhost:${options.port}`, processes, stop };
}

async function startCopy(folder: DataFolder, options: SplitOptions, app: AppName, index: number): Promise<SupervisedProcess> {
  const name = `${app}-${index}`;
  const ports = folder.remembered.ports;
  const port = (ports[name] = await freePort(ports[name], Object.values(ports)));
  const metricsPort = (ports[`${name} metrics`] = await freePort(ports[`${name} metrics`], Object.values(ports)));
  const env = {
    SHUTDOWN_PROBE_MS: probeMs,
    DB_PROCESSES: String(appNames.length * options.replicas),
    ...options.env,
    BIND: '127.0.0.1',
    METRICS_PORT: String(metricsPort),
    TRUSTED_PROXY_IP: '127.0.0.1',
    ...options.envOf?.(app),
  };
  return new SupervisedProcess(folder, { app, name, port, env, isShown: options.isShown ?? false, ...(options.hungAfterMs === undefined ? {} : { hungAfterMs: options.hungAfterMs }) });
}

/** TRUSTED_PROXY_IP is about who stands before this proxy; before the copies stands this proxy alone. */
function readTrustedProxies(list: string): TrustsPeer {
  const trusted = new BlockList();
  for (const entry of list.split(/[\s,]+/).filter(Boolean)) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  return (address) => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
