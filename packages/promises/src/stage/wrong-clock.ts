import { readFileSync } from 'node:fs';

/** Loaded before a service: moves its wall clock by the minutes in WRONG_CLOCK_FILE, also when these change, as a machine does whose time is set. */
const file = process.env['WRONG_CLOCK_FILE'] ?? '';
const LOOK_EVERY_MS = 100;
const RightDate = Date;
let offsetMs = minutes() * 60_000;

function minutes(): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

setInterval(() => (offsetMs = minutes() * 60_000), LOOK_EVERY_MS).unref();

globalThis.Date = new Proxy(RightDate, {
  construct: (target, args: unknown[], newTarget) => Reflect.construct(target, args.length === 0 ? [RightDate.now() + offsetMs] : args, newTarget) as Date,
  apply: () => new RightDate(RightDate.now() + offsetMs).toString(),
  get: (target, name, receiver) => (name === 'now' ? () => RightDate.now() + offsetMs : (Reflect.get(target, name, receiver) as unknown)),
});
