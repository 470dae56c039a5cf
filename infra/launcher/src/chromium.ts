import { canInstallPackages, findProgram, installPackages } from './system-packages.ts';

/** A Chromium for the browser tests, installed when that is possible here; undefined when there is none. */
export async function findChromium(): Promise<string | undefined> {
  const find = (): string | undefined => process.env.CHROMIUM_PATH || findProgram('chromium', 'chromium-browser', 'google-chrome');
  if (!find() && canInstallPackages()) await installPackages(['chromium']);
  return find();
}
