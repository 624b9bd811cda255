/** What may be asked of a read model: comparisons of its fields, and nothing that a database would execute. */
import { Errors } from 'moleculer';
import type { AnyProjection, FieldType } from './projection.ts';

type Fields = Readonly<Record<string, FieldType>>;
type Scalar = string | number | boolean;

/** Comparisons that take one value, and those that take several. */
const comparisons = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte']);
const choices = new Set(['$in', '$nin']);
const most = { fields: 20, choices: 100, characters: 200 };
const typeNames = { text: 'string', number: 'number', flag: 'boolean', counts: 'number' } as const;

/**
 * A query as the store may have it, from what somebody sent: an object, or the same as JSON.
 * @throws QUERY_INVALID (422), naming the field.
 */
export function readQuery(fields: Fields, query: unknown): Record<string, unknown> {
  const given = typeof query === 'string' ? parsed(query) : (query ?? {});
  if (!isPlain(given)) throw invalid('the query must be an object of fields');
  const entries = Object.entries(given);
  if (entries.length > most.fields) throw invalid(`a query has at most ${most.fields} fields`);
  return Object.fromEntries(entries.map(([field, condition]) => readCondition(fields, field, condition)));
}

/** Names of fields, as a text with commas or as a list. */
export function readFields(fields: Fields, names: string | readonly string[]): string[] {
  const list = typeof names === 'string' ? names.split(/[,\s]+/) : names;
  if (list.length > 2 * most.fields) throw invalid('too many fields are named');
  for (const name of list) typeOf(fields, name);
  return [...list];
}

/** Fields to sort by, with a minus for descending; the id settles what they leave open, so that pages fit together. */
export function readSort(fields: Fields, sort = ''): string[] {
  const list = sort.split(/[,\s]+/).filter(Boolean);
  readFields(
    fields,
    list.map((name) => name.replace(/^-/, '')),
  );
  const named = list.map((name) => name.replace(/^(-?)id$/, '$1_id'));
  return named.some((name) => name.endsWith('_id')) ? named : [...named, '_id'];
}

/** Fields that a search looks through. */
export function textFields({ fields }: Pick<AnyProjection, 'fields'>): string[] {
  return Object.keys(fields).filter((name) => fields[name] === 'text');
}

function readCondition(fields: Fields, field: string, condition: unknown): [string, unknown] {
  const type = typeOf(fields, field);
  const name = field === 'id' ? '_id' : field;
  if (!isPlain(condition)) return [name, scalar(field, type, condition)];
  const read = Object.entries(condition).map(([operator, value]) => {
    if (comparisons.has(operator)) return [operator, scalar(field, type, value)];
    if (!choices.has(operator)) throw invalid(`${field} cannot be compared by ${printable(operator)}`);
    if (!Array.isArray(value) || value.length > most.choices) {
      throw invalid(`${operator} of ${field} takes a list of at most ${most.choices}`);
    }
    return [operator, value.map((each) => scalar(field, type, each))];
  });
  if (read.length === 0) throw invalid(`${field} is compared with nothing`);
  return [name, Object.fromEntries(read)];
}

/** @throws where there is no such field. */
function typeOf(fields: Fields, name: unknown): FieldType {
  const [head = '', word, ...rest] = String(name).split('.');
  if (head === 'id' && word === undefined) return 'text';
  if (head === 'version' && word === undefined) return 'number';
  const type = Object.hasOwn(fields, head) ? fields[head] : undefined;
  const counts = type === 'counts' && word !== undefined && /^[a-z][a-z-]{0,40}$/.test(word);
  if (!type || rest.length > 0 || (word !== undefined && !counts))
    throw invalid(`there is no field ${printable(head)}`);
  return type;
}

function scalar(field: string, type: FieldType, value: unknown): Scalar {
  const fits = typeof value === typeNames[type] && (typeof value !== 'string' || value.length <= most.characters);
  if (!fits) throw invalid(`${field} is compared with a ${typeNames[type]} only`);
  return value as Scalar;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the query is no JSON');
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What somebody sent is not repeated as it is. */
function printable(text: string): string {
  return text.replace(/[^\w$-]/g, '?').slice(0, 40);
}

function invalid(why: string): Error {
  return new Errors.MoleculerClientError(`This cannot be asked: ${why}.`, 422, 'QUERY_INVALID');
}
