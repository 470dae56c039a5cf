type Child = Node | string | null | false | undefined;
type Props = Readonly<Record<string, string | number | boolean | null | ((event: Event) => void)>>;

/**
 * An element with its attributes and children. Functions listen to the event of their name (`click`); true writes an
 * empty attribute, false and null none. Text stays text: nothing here reads HTML.
 */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child instanceof Node || typeof child === 'string') made.append(child);
  return made;
}
