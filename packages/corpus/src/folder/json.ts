export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
export const isHttp = (value: unknown): value is string => typeof value === 'string' && /^https?:\/\/[^\s/]+/i.test(value) && URL.canParse(value);

/** An address that stands as it is, or as the id of what stands there. */
export function idOf(value: unknown): string | null {
  const [first] = listOf(value);
  if (isJson(first)) return isHttp(first['id']) ? first['id'] : isHttp(first['href']) ? first['href'] : null;
  return isHttp(first) ? first : null;
}

export const idsOf = (value: unknown): string[] => listOf(value).flatMap((entry) => idOf(entry) ?? []);

/** Types by their plain names. */
export const typesIn = (value: unknown): string[] =>
  isJson(value) ? listOf(value['type'] ?? value['@type']).flatMap((type) => (typeof type === 'string' ? [type.replace(/^.*[:#/]/, '').replace(/^EmojiReaction$/, 'EmojiReact')] : [])) : [];

/** The first object inside. */
export const objectIn = (json: Json): unknown => listOf(json['object'])[0];

/** A copy in which whole texts are exchanged. */
export function exchanged(value: unknown, exchange: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return exchange.get(value) ?? value;
  if (Array.isArray(value)) return value.map((entry) => exchanged(entry, exchange));
  if (!isJson(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, name === '@context' ? entry : exchanged(entry, exchange)]));
}

/** Every text in it, contexts left out. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJson(value) ? Object.entries(value).flatMap(([name, entry]) => (name === '@context' ? [] : textsIn(entry))) : [];
}

/** Every object in it that has an id of its own, the outermost first. */
export function objectsIn(value: unknown): (Json & { readonly id: string })[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isJson(value)) return [];
  const inner = Object.entries(value).flatMap(([name, entry]) => (name === '@context' ? [] : objectsIn(entry)));
  return isHttp(value['id']) ? [value as Json & { id: string }, ...inner] : inner;
}
