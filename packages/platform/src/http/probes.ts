import type { FastifyInstance } from 'fastify';
import type { HealthRegistry, ProbeReport } from '../health.js';

export const PROBE_PATHS = ['/livez', '/readyz', '/startupz'] as const;
type ProbePath = (typeof PROBE_PATHS)[number];

const ALIVE: ProbeReport = { ok: true, checks: {} };

/** What a probe is answered: 200 or 503, and the names of the checks. */
export async function probe(path: ProbePath, health: HealthRegistry): Promise<{ status: number; body: ProbeReport }> {
  const report = path === '/livez' ? ALIVE : path === '/readyz' ? await health.readiness() : await health.startup();
  return { status: report.ok ? 200 : 503, body: report };
}

/** The probes on the main port: for those who can reach no other. */
export function installProbes(instance: FastifyInstance, health: HealthRegistry): void {
  for (const path of PROBE_PATHS) {
    instance.get(path, { logLevel: 'silent' }, async (_request, reply) => {
      const { status, body } = await probe(path, health);
      return reply.code(status).header('Cache-Control', 'no-store').send(body);
    });
  }
}
