const PASSING = new Set(['busy', 'closed', 'timeout', 'network', 'http_5xx']);

/** Whether a fetch that failed with this code may go well a while later. */
export const isPassing = (code: string): boolean => PASSING.has(code);
