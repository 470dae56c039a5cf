import type { Second } from '../crowd/analyse.js';
import { INK, Svg } from './svg.js';

const SIZE = { width: 920, height: 640 } as const;
const LEFT = 76;
const RIGHT = 24;
const PANELS = { first: 92, height: 138, gap: 40 } as const;

interface Events {
  /** Seconds in which the burst lasts. */
  readonly burst: readonly [number, number];
  /** Seconds at which the author with many followers posts. */
  readonly marks: readonly number[];
  readonly machine: string;
}

interface Scale {
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

interface Panel {
  readonly title: string;
  readonly scale: (top: number) => Scale;
  readonly label: (value: number) => string;
  readonly curves: readonly Curve[];
}

/** Throughput, latencies and lag of a run, one below the other over the same seconds. */
export function timelinePicture(run: readonly Second[], events: Events): string {
  const svg = new Svg(SIZE, 'Throughput, latency and lag over time in a burst of ten times the load');
  svg.text(24, 36, 'A crowd arrives', { 'font-size': 18, 'font-weight': 600 });
  svg.text(24, 58, 'Posts of other authors while ten times the load comes (shaded) and one author with very many local followers posts (dashed).', { fill: INK.quiet });
  const most = Math.max(1, ...run.map((second) => Math.max(second.due, second.visible)));
  const slowest = Math.max(10, ...run.map((second) => finite(second.p99Ms) ?? 0));
  const fastest = Math.max(1, Math.min(slowest, ...run.map((second) => finite(second.p50Ms) ?? slowest)));
  const lag = Math.max(0.1, ...run.map((second) => second.lagMs / 1_000));
  const panels: Panel[] = [
    { title: 'posts a second', scale: linear(most), label: (value) => value.toLocaleString('en'), curves: [{ name: 'due', colour: INK.one, values: run.map(({ due }) => due) }, { name: 'visible', colour: INK.good, values: run.map(({ visible }) => visible) }] },
    { title: 'from due to visible, ms', scale: logarithmic(fastest, slowest), label: (value) => value.toLocaleString('en'), curves: [{ name: 'p50', colour: INK.one, values: run.map(({ p50Ms }) => finite(p50Ms)) }, { name: 'p99', colour: INK.weak, values: run.map(({ p99Ms }) => finite(p99Ms)) }] },
    { title: 'age of the oldest post not yet visible, s', scale: linear(lag), label: (value) => String(value), curves: [{ name: 'lag', colour: INK.two, values: run.map(({ lagMs }) => lagMs / 1_000) }] },
  ];
  const x = (second: number): number => LEFT + (second / Math.max(1, run.length)) * (SIZE.width - LEFT - RIGHT);
  for (const [index, panel] of panels.entries()) draw(svg, panel, PANELS.first + index * (PANELS.height + PANELS.gap), x, { ...events, length: run.length });
  const bottom = PANELS.first + panels.length * (PANELS.height + PANELS.gap) - PANELS.gap;
  for (let second = 0; second <= run.length; second += run.length > 40 ? 10 : 2) svg.text(x(second), bottom + 16, `${second} s`, { 'text-anchor': 'middle', 'font-size': 10, fill: INK.quiet });
  svg.text(24, SIZE.height - 16, events.machine, { fill: INK.quiet, 'font-size': 11 });
  return svg.toString();
}

function draw(svg: Svg, panel: Panel, top: number, x: (second: number) => number, events: Events & { readonly length: number }): void {
  const { y, ticks } = panel.scale(top);
  svg.rect({ x: x(events.burst[0]), y: top, width: x(Math.min(events.burst[1], events.length)) - x(events.burst[0]), height: PANELS.height, fill: INK.band });
  for (const tick of ticks) {
    svg.line(LEFT, y(tick), SIZE.width - RIGHT, y(tick));
    svg.text(LEFT - 8, y(tick) + 4, panel.label(tick), { 'text-anchor': 'end', 'font-size': 10, fill: INK.quiet });
  }
  for (const mark of events.marks) svg.line(x(mark), top, x(mark), top + PANELS.height, { stroke: INK.quiet, 'stroke-dasharray': '3 4' });
  for (const { values, colour } of panel.curves) svg.curve(values.map((value, second) => [x(second + 0.5), value === null ? null : y(value)] as const), { stroke: colour });
  svg.text(LEFT, top - 10, panel.title, { 'font-weight': 600 });
  let at = SIZE.width - RIGHT;
  for (const { name, colour } of [...panel.curves].reverse()) {
    svg.text(at, top - 10, name, { 'text-anchor': 'end', fill: colour, 'font-weight': 600 });
    at -= 14 + name.length * 8;
  }
}

const finite = (value: number | null): number | null => (value === null || !Number.isFinite(value) ? null : value);

function linear(max: number): (top: number) => Scale {
  const magnitude = 10 ** Math.floor(Math.log10(max));
  const step = [0.2, 0.25, 0.5, 1, 2, 2.5].map((part) => part * magnitude).find((size) => max / size <= 5) ?? magnitude * 5;
  const end = Math.ceil(max / step) * step;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
  return (top) => ({ y: (value) => top + PANELS.height * (1 - value / end), ticks });
}

function logarithmic(min: number, max: number): (top: number) => Scale {
  const [low, high] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const range = Math.max(1, high - low);
  const steps = range === 1 ? [1, 2, 5] : [1];
  const ticks = Array.from({ length: range }, (_, index) => steps.map((step) => step * 10 ** (low + index))).flat();
  ticks.push(10 ** (low + range));
  return (top) => ({ y: (value) => top + PANELS.height * (1 - (Math.log10(Math.max(value, 10 ** low)) - low) / range), ticks });
}
