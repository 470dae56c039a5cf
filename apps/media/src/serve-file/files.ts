/** Injects the `FileStore` of this service. */
export const FILES = Symbol('FILES');
