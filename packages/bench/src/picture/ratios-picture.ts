import { RATIO_GOALS } from '../harness/goals.js';
import { isContest } from '../harness/options.js';
import type { ResultLine } from '../harness/report.js';
import { INK, Svg } from './svg.js';

const WIDTH = 890;
const TOP = 104;
const ROW = 54;
const BAR = 18;
const NAME_WIDTH = 180;
const PANEL = { width: 320, gap: 40 } as const;

interface Bar {
  readonly value: number;
  readonly label: string;
  readonly goal: number | null;
}

interface Panel {
  readonly x: number;
  readonly max: number;
  readonly title: string;
  readonly ticks: readonly (readonly [number, string])[];
}

/**
 * Each path beside its limit and its peer, with the goals as marks. Both panels are drawn for the same lines.
 * @param machine what it ran on and when, for the foot
 */
export function ratiosPicture(lines: readonly ResultLine[], machine: string): string {
  const height = TOP + lines.length * ROW + 58;
  const svg = new Svg({ width: WIDTH, height }, 'Hot paths beside a bare loop and a peer');
  svg.text(24, 36, 'Hot paths, per CPU-second of everything involved', { 'font-size': 18, 'font-weight': 600 });
  svg.text(24, 58, 'Beside a bare loop over the same libraries (left) and a peer doing the same work (right). The mark is the goal.', { fill: INK.quiet });
  const timesMax = Math.max(12, ...lines.map((line) => times(line))) * 1.12;
  const left: Panel = { x: NAME_WIDTH, max: 1, title: 'share of the limit', ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => [value, `${value * 100} %`] as const) };
  const right: Panel = { x: NAME_WIDTH + PANEL.width + PANEL.gap, max: timesMax, title: 'times the peer', ticks: stepsTo(timesMax).map((value) => [value, `${value} ×`] as const) };
  for (const panel of [left, right]) axis(svg, panel, height - 58);
  for (const [row, line] of lines.entries()) {
    const y = TOP + row * ROW + (ROW - BAR) / 2;
    const goals = isContest(line.name) ? RATIO_GOALS[line.name] : { ofLimit: 0, timesPeer: null };
    svg.text(24, y + 8, line.name, { 'font-weight': 600, 'font-size': 14 });
    svg.text(24, y + 24, `${line.perCpuSec.toLocaleString('en')}/CPU-s`, { fill: INK.quiet, 'font-size': 11 });
    bar(svg, left, y, { value: line.ratio, label: `${Math.round(line.ratio * 100)} %`, goal: goals.ofLimit });
    if (line.peerPerCpuSec === 0) {
      svg.text(right.x + 8, y + BAR - 5, 'no peer', { fill: INK.quiet });
      continue;
    }
    bar(svg, right, y, { value: times(line), label: `${times(line).toFixed(1)} ×`, goal: goals.timesPeer });
    svg.text(right.x, y + BAR + 13, `${line.peer}: ${line.peerPerCpuSec.toLocaleString('en')}`, { 'font-size': 10, fill: INK.quiet });
  }
  svg.text(24, height - 18, machine, { fill: INK.quiet, 'font-size': 11 });
  return svg.toString();
}

function axis(svg: Svg, { x, max, title, ticks }: Panel, bottom: number): void {
  svg.text(x, TOP - 22, title, { 'font-weight': 600 });
  for (const [value, label] of ticks) {
    const at = x + (value / max) * PANEL.width;
    svg.line(at, TOP - 4, at, bottom);
    svg.text(at, bottom + 15, label, { 'text-anchor': 'middle', 'font-size': 10, fill: INK.quiet });
  }
}

function bar(svg: Svg, { x, max }: Panel, y: number, { value, label, goal }: Bar): void {
  const at = (amount: number): number => x + Math.min(1, amount / max) * PANEL.width;
  svg.rect({ x, y, width: Math.max(1, at(value) - x), height: BAR, rx: 3, fill: goal === null || value >= goal ? INK.good : INK.weak });
  if (goal !== null) svg.line(at(goal), y - 7, at(goal), y + BAR + 2, { stroke: INK.text, 'stroke-width': 2 });
  const inside = at(value) - x > PANEL.width * 0.7;
  // At the foot of a long bar: the mark of its goal lies towards the end.
  svg.text(inside ? x + 8 : at(value) + 8, y + BAR - 5, label, { 'font-weight': 600, fill: inside ? INK.card : INK.text, 'paint-order': 'stroke', stroke: inside ? 'none' : INK.card, 'stroke-width': 4 });
}

const times = (line: ResultLine): number => (line.peerPerCpuSec === 0 ? 0 : line.perCpuSec / line.peerPerCpuSec);

function stepsTo(max: number): number[] {
  const step = [2, 4, 5, 10, 20, 50, 100].find((size) => max / size <= 6) ?? Math.ceil(max / 6);
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, index) => index * step);
}
