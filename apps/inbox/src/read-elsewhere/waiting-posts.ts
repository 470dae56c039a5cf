/** Of all that waits in one reading: some thousand ordinary posts, and of those that were padded to the megabyte that a document may have, four. */
const CHARS_MAX = 4 * 1_024 * 1_024;
/** About what a value costs beside its text. */
const VALUE_CHARS = 16;

/** Posts that were read before what they answer. What there is no room for is left out, and comes with another reading. */
export class WaitingPosts<T extends { readonly json: unknown }> {
  private readonly byParent = new Map<string, { readonly post: T; readonly chars: number }[]>();
  private held = 0;

  /** False: there was no room. */
  keep(parentUri: string, post: T): boolean {
    const chars = sizeOf(post.json, CHARS_MAX - this.held);
    if (this.held + chars > CHARS_MAX) return false;
    this.held += chars;
    this.byParent.set(parentUri, [...(this.byParent.get(parentUri) ?? []), { post, chars }]);
    return true;
  }

  /** Those that answer it; they wait no longer. */
  take(parentUri: string): T[] {
    const taken = this.byParent.get(parentUri) ?? [];
    this.byParent.delete(parentUri);
    for (const { chars } of taken) this.held -= chars;
    return taken.map(({ post }) => post);
  }
}

/** How much there is of it, in characters; beyond `most` it is not looked at any further. */
function sizeOf(json: unknown, most: number): number {
  let chars = 0;
  for (const left: unknown[] = [json]; left.length > 0 && chars <= most; ) {
    const value = left.pop();
    chars += VALUE_CHARS;
    if (typeof value === 'string') chars += value.length;
    else if (Array.isArray(value)) for (const entry of value) left.push(entry);
    else if (typeof value === 'object' && value !== null) for (const [name, entry] of Object.entries(value)) left.push(name, entry);
  }
  return chars;
}
