import { expect, test } from '@jest/globals';
import { ratiosPicture } from './ratios-picture.js';
import { timelinePicture } from './timeline-picture.js';

/** Every element is closed and every number is one: what a browser needs to draw it. */
function expectWellFormed(svg: string): void {
  expect(svg).toMatch(/^<svg [^>]*>\n<title>.*<\/title>\n/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  const rest = svg.replaceAll(/<[a-z]+ [^<>]*\/>|<text [^<>]*>[^<>]*<\/text>|<title>[^<>]*<\/title>/g, '').trim();
  expect(rest.replace(/^<svg [^<>]*>/, '').trim()).toBe('</svg>');
}

test('ratios: a bar, its figure and the goal for limit and peer, and the machine', () => {
  const svg = ratiosPicture([{ name: 'fan-out', perCpuSec: 250_000, limitPerCpuSec: 400_000, ratio: 0.625, peer: 'jobs <25>', peerPerCpuSec: 20_000 }, { name: 'receive', perCpuSec: 900, limitPerCpuSec: 0, ratio: 0, peer: '', peerPerCpuSec: 0 }], 'a machine');
  expectWellFormed(svg);
  for (const text of ['63 %', '12.5 ×', '250,000/CPU-s', 'jobs &lt;25&gt;: 20,000', 'no peer', 'a machine']) expect(svg).toContain(text);
});

test('timeline: seconds without posts and posts that were never seen leave gaps', () => {
  const second = { due: 3, visible: 2, p50Ms: 20, p99Ms: 80, lagMs: 100 };
  const svg = timelinePicture([second, { due: 0, visible: 0, p50Ms: null, p99Ms: null, lagMs: 0 }, { ...second, p99Ms: Infinity }, second], { burst: [1, 3], marks: [1.5], machine: 'a machine' });
  expectWellFormed(svg);
  expect(svg.match(/<path d="M[^"]*M/g)).toHaveLength(2);
});
