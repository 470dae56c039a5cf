export { DiskFileStore, type DiskFileStoreOptions } from './disk-file-store.js';
export { assertKey, type FileStore, type StoredFile } from './file-store.js';
