import { html, type Html } from '@trunkline/platform';

/** What was wrong with one field, as a sentence that stands alone. */
export interface FormFault {
  readonly field: string;
  readonly sentence: string;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'password';
  readonly hint?: string;
  readonly value?: string;
  /** The token of HTML's `autocomplete`, so that password managers know the field. */
  readonly autocomplete: string;
  readonly charactersMax: number;
  readonly required?: boolean;
}

const idOf = (name: string): string => `field-${name}`;
const describedBy = (field: Pick<Field, 'name' | 'hint'>, fault: string | null): string =>
  [field.hint === undefined ? '' : `${idOf(field.name)}-hint`, fault === null ? '' : `${idOf(field.name)}-fault`].join(' ').trim();

/** What assistive technology reads with a control. */
const described = (field: Pick<Field, 'name' | 'hint'>, fault: string | null): Html =>
  html`aria-describedby="${describedBy(field, fault)}" aria-invalid="${fault === null ? 'false' : 'true'}"`;

const faultOn = (name: string, faults: readonly FormFault[]): string | null => faults.find(({ field }) => field === name)?.sentence ?? null;

function surround(field: Pick<Field, 'name' | 'label' | 'hint'>, fault: string | null, control: Html): Html {
  return html`<div class="field">
<label for="${idOf(field.name)}">${field.label}</label>
${field.hint !== undefined && html`<p class="hint" id="${idOf(field.name)}-hint">${field.hint}</p>`}
${fault !== null && html`<p class="fault" id="${idOf(field.name)}-fault">${fault}</p>`}
${control}
</div>`;
}

/** A labelled line of text with its hint and its fault. A password is never written back. */
export function textField(field: Field, faults: readonly FormFault[] = []): Html {
  const fault = faultOn(field.name, faults);
  const type = field.type ?? 'text';
  const plain = field.name === 'username' || type !== 'text' ? html` autocapitalize="none" spellcheck="false"` : null;
  return surround(
    field,
    fault,
    html`<input type="${type}" id="${idOf(field.name)}" name="${field.name}" value="${type === 'password' ? '' : field.value}"
autocomplete="${field.autocomplete}" maxlength="${field.charactersMax}" ${described(field, fault)}${plain}${field.required !== false && html` required`}>`,
  );
}

/** Several lines of text. */
export function textArea(field: Omit<Field, 'type' | 'autocomplete'>, faults: readonly FormFault[] = []): Html {
  const fault = faultOn(field.name, faults);
  return surround(
    field,
    fault,
    html`<textarea id="${idOf(field.name)}" name="${field.name}" maxlength="${field.charactersMax}"
${described(field, fault)}${field.required !== false && html` required`}>
${field.value}</textarea>`,
  );
}

export function checkBox(field: { readonly name: string; readonly label: string; readonly checked: boolean }, faults: readonly FormFault[] = []): Html {
  const fault = faultOn(field.name, faults);
  return html`<div class="field">
${fault !== null && html`<p class="fault" id="${idOf(field.name)}-fault">${fault}</p>`}
<div class="check">
<input type="checkbox" id="${idOf(field.name)}" name="${field.name}" value="true" required ${described(field, fault)}${field.checked && html` checked`}>
<label for="${idOf(field.name)}">${field.label}</label>
</div>
</div>`;
}

export const hiddenFields = (fields: Readonly<Record<string, string | null>>): Html[] =>
  Object.entries(fields).map(([name, value]) => (value === null ? html`` : html`<input type="hidden" name="${name}" value="${value}">`));

/** All faults at the top, each leading to its field. */
export function faultSummary(faults: readonly FormFault[], known: readonly string[]): Html {
  if (faults.length === 0) return html``;
  const lines = faults.map(({ field, sentence }) =>
    known.includes(field) ? html`<li><a href="#${idOf(field)}">${sentence}</a></li>` : html`<li>${sentence}</li>`,
  );
  return html`<div class="summary" role="alert"><h2>Please check the form</h2><ul>${lines}</ul></div>`;
}
