import { ico, png, type Pixel } from './png.js';

const AVATAR = 240;
const HEADER_WIDTH = 600;
const HEADER_HEIGHT = 200;
const ICON = 32;

const BACK: Pixel = [199, 205, 228];
const FIGURE: Pixel = [242, 244, 252];
const DARK: Pixel = [67, 56, 202];
const LIGHT: Pixel = [129, 140, 248];
const WHITE: Pixel = [255, 255, 255];

const mix = (from: Pixel, to: Pixel, share: number): Pixel => {
  const part = (index: 0 | 1 | 2): number => from[index] + (to[index] - from[index]) * Math.min(1, Math.max(0, share));
  return [part(0), part(1), part(2)];
};

/** 0 outside, 1 inside, between them on the edge: a smooth circle. */
const inCircle = (x: number, y: number, circle: readonly [x: number, y: number, radius: number]): number =>
  Math.min(1, Math.max(0, circle[2] + 0.5 - Math.hypot(x - circle[0], y - circle[1])));

/** Head and shoulders of nobody, for those without a picture of their own. */
export const missingAvatar = (): Buffer =>
  png(AVATAR, AVATAR, (x, y) => mix(BACK, FIGURE, Math.max(inCircle(x, y, [120, 96, 44]), inCircle(x, y, [120, 238, 80]))));

/** A quiet slope of colour. */
export const missingHeader = (): Buffer => png(HEADER_WIDTH, HEADER_HEIGHT, (x, y) => mix(DARK, LIGHT, (x + y) / (HEADER_WIDTH + HEADER_HEIGHT)));

/** A trunk line: one line that others join. */
export const favicon = (): Buffer =>
  ico(
    png(ICON, ICON, (x, y) => {
      const line = Math.abs(y - 15.5) < 2.5 && x > 4 && x < 27 ? 1 : 0;
      const joining = Math.abs(Math.abs(y - 15.5) - (22 - x)) < 2 && x > 10 && x < 23 ? 1 : 0;
      return mix(DARK, WHITE, Math.max(line, joining, inCircle(x, y, [24, 15.5, 5])));
    }),
  );
