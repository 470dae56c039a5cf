import { readLocalEnvironment } from './local-environment.js';
import { runTrunkline } from './run-trunkline.js';

process.exitCode = await runTrunkline(process.argv.slice(2), {
  env: { ...process.env, ...readLocalEnvironment(process.env) },
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
