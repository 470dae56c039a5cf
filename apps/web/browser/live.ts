import { token } from './session.js';

export interface LiveHandlers {
  readonly onEvent: (event: string, payload: string) => void;
  /** A connection stands again after one broke: what came between is to be read from the server. */
  readonly onReturn: () => void;
}

const FIRST_WAIT_MS = 1_000;
const WAIT_MAX_MS = 30_000;

/** Listens to the user's stream and comes back whenever the connection ends. */
export function listen(handlers: LiveHandlers): void {
  let waitMs = FIRST_WAIT_MS;
  let isReturn = false;
  const open = (): void => {
    const held = token();
    if (held === null) return;
    const url = new URL('/api/v1/streaming?stream=user', location.origin.replace(/^http/, 'ws'));
    // As protocol: an address ends up in logs.
    const socket = new WebSocket(url, held);
    socket.addEventListener('open', () => {
      waitMs = FIRST_WAIT_MS;
      if (isReturn) handlers.onReturn();
      isReturn = true;
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const { event, payload } = JSON.parse(data) as { event?: string; payload?: string };
      if (event !== undefined && payload !== undefined) handlers.onEvent(event, payload);
    });
    socket.addEventListener('close', () => {
      // Not all clients of a stopped server at the same moment.
      setTimeout(open, waitMs * (0.5 + Math.random()));
      waitMs = Math.min(WAIT_MAX_MS, waitMs * 2);
    });
  };
  open();
}
