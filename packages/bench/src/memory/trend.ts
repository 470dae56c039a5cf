/** A measured value at a time. */
export type Point = readonly [seconds: number, value: number];

/** The straight line that fits best (least squares). @returns growth a second, and the mean of the values */
export function trend(points: readonly Point[]): { readonly slope: number; readonly mean: number } {
  const count = Math.max(1, points.length);
  const [meanX, meanY] = [0, 1].map((axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / count) as [number, number];
  const across = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return { slope: spread === 0 ? 0 : across / spread, mean: meanY };
}
