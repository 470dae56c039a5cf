// Writes the route table of the local proxy where the chart can read it: `node k8s/generate-routes.ts`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '../infra/launcher/src/routes.ts';

/** Read by templates/ingress.yaml and templates/services.yaml; a test fails when it is stale. */
export const routesFile = join(import.meta.dirname, 'trunkline', 'files', 'routes.json');

export const routesJson = (): string => `[\n${routes.map((route) => `  ${JSON.stringify(route)}`).join(',\n')}\n]\n`;

if (process.argv[1] === import.meta.filename) writeFileSync(routesFile, routesJson());
