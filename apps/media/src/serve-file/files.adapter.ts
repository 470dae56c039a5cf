import { join } from 'node:path';
import type { Settings } from '@trunkline/platform';
import { DiskFileStore, type FileStore } from '@trunkline/storage';

/** Files under DATA_DIR. */
export const diskFiles = (settings: Settings): FileStore =>
  new DiskFileStore({ root: join(settings.dataDir, 'media'), publicUrl: `${settings.baseUrl}/media` });
