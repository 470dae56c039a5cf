import { isSnowflake } from '@trunkline/kernel';
import { ENTITY_FACTS } from './entity-facts.js';

interface Attribute {
  /** `configuration[urls][about]` → configuration, urls, about; `[]` is the empty step. */
  readonly steps: readonly string[];
  readonly optional: boolean;
  readonly nullable: boolean;
  readonly types: readonly string[];
  readonly format: string;
}

interface Entity {
  readonly parent: string | null;
  readonly attributes: readonly Attribute[];
}

function readFacts(text: string): Map<string, Entity> {
  const lines = text.trim().replace(/\n {2}/g, ' ').split('\n');
  return new Map(
    lines.map((line) => {
      const at = line.indexOf(': ');
      const [name = '', parent] = line.slice(0, at).split(' < ');
      return [name, { parent: parent ?? null, attributes: line.slice(at + 2).split('; ').map(readAttribute) }];
    }),
  );
}

function readAttribute(text: string): Attribute {
  const [name = '', type = '', format = ''] = text.split(' ');
  const types = type.split('|');
  return {
    steps: name.replace(/\?$/, '').replaceAll(']', '').split('['),
    optional: name.endsWith('?'),
    nullable: types.includes('null'),
    types: types.filter((each) => each !== 'null'),
    format,
  };
}

const FACTS: ReadonlyMap<string, Entity> = readFacts(ENTITY_FACTS);
const FAULTS_MAX = 50;

/**
 * What is wrong with a JSON value as Mastodon's `name` entity, as readable sentences; empty when it conforms: every
 * attribute there, of its type and format, nulls only where allowed, and no attribute that the entity does not have.
 * A tool for tests.
 * @throws TypeError when there is no such entity among the facts
 */
export function entityFaults(name: string, json: unknown): string[] {
  const faults: string[] = [];
  checkEntity(name, json, name, faults);
  return faults.slice(0, FAULTS_MAX);
}

function attributesOf(name: string): Attribute[] {
  const entity = FACTS.get(name);
  if (entity === undefined) throw new TypeError(`no entity ${name} among the facts`);
  return [...(entity.parent === null ? [] : attributesOf(entity.parent)), ...entity.attributes];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function checkEntity(name: string, json: unknown, path: string, faults: string[]): void {
  if (!isRecord(json)) {
    faults.push(`${path}: is no object`);
    return;
  }
  const attributes = attributesOf(name);
  for (const attribute of attributes) checkAttribute(attribute, json, attribute.steps, path, faults);
  const known = new Set(attributes.map((attribute) => attribute.steps[0]));
  for (const key of Object.keys(json)) if (!known.has(key)) faults.push(`${path}.${key}: no such attribute`);
}

function checkAttribute(attribute: Attribute, json: unknown, steps: readonly string[], path: string, faults: string[]): void {
  const [step = '', ...rest] = steps;
  if (step === '') {
    // An element of a list: `history[][day]`.
    if (Array.isArray(json)) json.forEach((item, at) => checkAttribute(attribute, item, rest, `${path}[${at}]`, faults));
    return;
  }
  if (!isRecord(json)) return;
  const value = json[step];
  const here = `${path}.${step}`;
  if (rest.length > 0) {
    // What a missing or null parent lacks is told once, with the parent.
    if (value !== undefined && value !== null) checkAttribute(attribute, value, rest, here, faults);
    return;
  }
  if (value === undefined) {
    if (!attribute.optional) faults.push(`${here}: is missing`);
  } else if (value === null) {
    if (!attribute.nullable) faults.push(`${here}: is null`);
  } else if (!attribute.types.some((type) => conforms(type, value, attribute.format, here, attribute.types.length === 1 ? faults : []))) {
    faults.push(`${here}: ${JSON.stringify(value).slice(0, 80)} is no ${attribute.types.join('|')} ${attribute.format}`.trimEnd());
  }
}

/** Faults inside of entities go to `faults`; the answer is about the value itself. */
function conforms(type: string, value: unknown, format: string, path: string, faults: string[]): boolean {
  if (type.endsWith('[]')) {
    const item = type.slice(0, -2);
    return Array.isArray(value) && value.every((each, at) => conforms(item, each, format, `${path}[${at}]`, faults));
  }
  switch (type) {
    case 'String':
      return typeof value === 'string' && formatFits(format, value);
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Integer':
      return Number.isInteger(value);
    case 'Number':
    case 'Float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'Hash':
      return isRecord(value);
    default:
      return entityFits(type, value, path, faults);
  }
}

function entityFits(type: string, value: unknown, path: string, faults: string[]): boolean {
  const inner: string[] = [];
  checkEntity(type, value, path, inner);
  faults.push(...inner);
  // Told in detail already, where a list for details was given; a union needs the answer itself.
  return isRecord(value) && (faults.length > 0 || inner.length === 0);
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  id: isSnowflake,
  url: (text) => URL.canParse(text),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text),
  datetime: (text) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  'unix-timestamp': (text) => /^\d+$/.test(text),
  sha256: (text) => /^[0-9a-f]{64}$/.test(text),
};

function formatFits(format: string, text: string): boolean {
  if (format.includes('/')) return format.split('/').includes(text);
  return FORMATS[format]?.(text) ?? true;
}
