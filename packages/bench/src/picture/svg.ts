/** Attributes of an element; numbers are written short. */
type Attributes = Readonly<Record<string, string | number>>;

/** Colours and type of all pictures: dark ink on a light card, which reads on a light and on a dark page. */
export const INK = { text: '#1f2933', quiet: '#66727f', rule: '#e3e8ee', card: '#ffffff', good: '#1d8a5b', weak: '#c2620a', one: '#2f6fdb', two: '#8a4fbf', band: '#fdf1dc' } as const;

const FONT = "'Inter','Segoe UI',system-ui,sans-serif";

/** Writes one SVG document, element after element. */
export class Svg {
  private readonly parts: string[] = [];

  constructor(
    private readonly size: { readonly width: number; readonly height: number },
    private readonly title: string,
  ) {
    this.rect({ x: 0.5, y: 0.5, width: size.width - 1, height: size.height - 1, rx: 10, fill: INK.card, stroke: INK.rule });
  }

  rect(attributes: Attributes): void {
    this.element('rect', attributes);
  }

  line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): void {
    this.element('line', { x1, y1, x2, y2, stroke: INK.rule, 'stroke-width': 1, ...attributes });
  }

  /** A line through points; where a point has no value the line has a gap. */
  curve(points: readonly (readonly [number, number | null])[], attributes: Attributes): void {
    let isOpen = false;
    const commands: string[] = [];
    for (const [x, y] of points) {
      if (y !== null) commands.push(`${isOpen ? 'L' : 'M'}${short(x)} ${short(y)}`);
      isOpen = y !== null;
    }
    this.element('path', { d: commands.join(''), fill: 'none', 'stroke-width': 2, 'stroke-linejoin': 'round', 'stroke-linecap': 'round', ...attributes });
  }

  text(x: number, y: number, words: string, attributes: Attributes = {}): void {
    this.parts.push(`<text ${written({ x, y, 'font-size': 12, fill: INK.text, ...attributes })}>${escaped(words)}</text>`);
  }

  toString(): string {
    const { width, height } = this.size;
    const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${FONT}">`;
    return `${open}\n<title>${escaped(this.title)}</title>\n${this.parts.join('\n')}\n</svg>\n`;
  }

  private element(name: string, attributes: Attributes): void {
    this.parts.push(`<${name} ${written(attributes)}/>`);
  }
}

const written = (attributes: Attributes): string => Object.entries(attributes).map(([name, value]) => `${name}="${typeof value === 'number' ? short(value) : escaped(value)}"`).join(' ');
const short = (value: number): string => String(Math.round(value * 100) / 100);
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
