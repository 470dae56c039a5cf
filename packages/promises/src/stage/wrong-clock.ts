/** Loaded before a service: moves its wall clock by WRONG_CLOCK_MINUTES, as a machine does whose time was set wrong. */
const offsetMs = Number(process.env['WRONG_CLOCK_MINUTES'] ?? 0) * 60_000;
const RightDate = Date;

globalThis.Date = new Proxy(RightDate, {
  construct: (target, args: unknown[], newTarget) => Reflect.construct(target, args.length === 0 ? [RightDate.now() + offsetMs] : args, newTarget) as Date,
  apply: () => new RightDate(RightDate.now() + offsetMs).toString(),
  get: (target, name, receiver) => (name === 'now' ? () => RightDate.now() + offsetMs : (Reflect.get(target, name, receiver) as unknown)),
});
