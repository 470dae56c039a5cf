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
export const entityFaults = (name: string, json: unknown): string[] => faultsOfEntity(name, json, name).slice(0, FAULTS_MAX);

function attributesOf(name: string): Attribute[] {
  const entity = FACTS.get(name);
  if (entity === undefined) throw new TypeError(`no entity ${name} among the facts`);
  return [...(entity.parent === null ? [] : attributesOf(entity.parent)), ...entity.attributes];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function faultsOfEntity(name: string, json: unknown, path: string): string[] {
  if (!isRecord(json)) return [`${path}: is no object`];
  const attributes = attributesOf(name);
  const known = new Set(attributes.map((attribute) => attribute.steps[0]));
  return [
    ...attributes.flatMap((attribute) => faultsAt(attribute, json, path)),
    ...Object.keys(json).flatMap((key) => (known.has(key) ? [] : [`${path}.${key}: no such attribute`])),
  ];
}

/** Walks down `attribute.steps` from `json`, which stands at `path`. */
function faultsAt(attribute: Attribute, json: unknown, path: string): string[] {
  const [step = '', ...steps] = attribute.steps;
  const rest = { ...attribute, steps };
  // The empty step is each element of a list: `history[][day]`.
  if (step === '') return Array.isArray(json) ? json.flatMap((item, at) => faultsAt(rest, item, `${path}[${at}]`)) : [];
  if (!isRecord(json)) return [];
  const value = json[step];
  const here = `${path}.${step}`;
  // What a missing or null parent lacks is told once, with the parent.
  if (steps.length > 0) return value === undefined || value === null ? [] : faultsAt(rest, value, here);
  if (value === undefined) return attribute.optional ? [] : [`${here}: is missing`];
  if (value === null) return attribute.nullable ? [] : [`${here}: is null`];
  return faultsOfValue(attribute, value, here);
}

/** The faults as the one type it may have; of several types, none when one of them fits. */
function faultsOfValue(attribute: Attribute, value: unknown, path: string): string[] {
  const tried = attribute.types.map((type) => faultsAs(type, value, { format: attribute.format, path }));
  return tried.find((faults) => faults.length === 0) ?? tried[0] ?? [];
}

function faultsAs(type: string, value: unknown, at: { readonly format: string; readonly path: string }): string[] {
  if (type.endsWith('[]') && Array.isArray(value)) {
    const item = type.slice(0, -2);
    return value.flatMap((each, index) => faultsAs(item, each, { format: at.format, path: `${at.path}[${index}]` }));
  }
  const plain = PLAIN[type];
  if (plain === undefined && !type.endsWith('[]')) return faultsOfEntity(type, value, at.path);
  const fits = plain !== undefined && plain(value) && (typeof value !== 'string' || formatFits(at.format, value));
  return fits ? [] : [`${at.path}: ${JSON.stringify(value).slice(0, 80)} is no ${type} ${at.format}`.trimEnd()];
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

const PLAIN: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Integer: Number.isInteger,
  Number: isNumber,
  Float: isNumber,
  Hash: isRecord,
};

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
