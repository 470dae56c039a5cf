import type { DataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import type { RunningServer, ServerOptions } from './running-server.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** Starts `standalone`, all services in one process, and waits until it is ready. */
export async function startServer(folder: DataFolder, options: ServerOptions): Promise<RunningServer> {
  const ports = folder.remembered.ports;
  ports.metrics = await freePort(ports.metrics);
  const server = new SupervisedProcess(folder, {
    app: 'standalone',
    name: 'standalone',
    port: options.port,
    env: { ...options.env, METRICS_PORT: options.env.METRICS_PORT || String(ports.metrics) },
    isShown: options.isShown ?? false,
  });
  try {
    await server.untilReady();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: `http://localhost:${options.port}`, processes: [server], stop: () => server.stop() };
}
