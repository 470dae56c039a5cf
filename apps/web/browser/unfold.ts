import { element } from './element.js';

export interface Unfolding {
  readonly button: HTMLButtonElement;
  readonly place: HTMLElement;
}

/** A button that opens and closes what stands at `place`; `fill` reads it each time it is opened. */
export function unfolding(label: string, { name, fill, onError }: { readonly name: string; readonly fill: (place: HTMLElement) => Promise<void>; readonly onError: (error: unknown) => void }): Unfolding {
  const place = element('section', { class: 'unfolded', 'aria-label': name, 'aria-live': 'polite', hidden: true });
  const button = element('button', { type: 'button', 'aria-expanded': 'false' }, label);
  button.addEventListener('click', () => {
    place.hidden = !place.hidden;
    button.setAttribute('aria-expanded', String(!place.hidden));
    if (place.hidden) return;
    place.replaceChildren(element('p', { class: 'quiet' }, 'Looking …'));
    fill(place).catch((error: unknown) => {
      place.replaceChildren();
      onError(error);
    });
  });
  return { button, place };
}
