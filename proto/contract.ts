/**
 * The contract is what was promised to every node and every journal that ever ran: a field keeps its number and
 * its type for ever. New messages, fields and enum values may come; none may change or go without `reserved`.
 */

/** A message, an enum or a namespace as `pbjs -t json` writes it. */
export interface Descriptor {
  readonly nested?: Readonly<Record<string, Descriptor>>;
  readonly fields?: Readonly<Record<string, FieldDescriptor>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly reserved?: readonly (string | readonly [number, number])[];
}

interface FieldDescriptor {
  readonly type: string;
  readonly id: number;
  readonly rule?: string;
  readonly keyType?: string;
}

/** What in `next` breaks a promise of `committed`, a sentence each; empty where it is compatible. */
export function breaks(committed: Descriptor, next: Descriptor, path = ''): string[] {
  return [
    ...brokenFields(committed, next, path),
    ...brokenValues(committed, next, path),
    ...Object.entries(committed.nested ?? {}).flatMap(([name, before]) => {
      const now = next.nested?.[name];
      const inner = path ? `${path}.${name}` : name;
      return now ? breaks(before, now, inner) : [`${inner} is gone, but bytes of it are in journals: keep it.`];
    }),
  ];
}

function brokenFields(committed: Descriptor, next: Descriptor, path: string): string[] {
  const byNumber = new Map(Object.entries(next.fields ?? {}).map(([name, field]) => [field.id, { name, field }]));
  const now = Object.entries(committed.fields ?? {}).flatMap(([name, before]) => {
    const found = byNumber.get(before.id);
    if (!found) {
      return isReserved(next, before.id)
        ? []
        : [`${path}.${name} = ${before.id} is gone: write "reserved ${before.id};" in its place.`];
    }
    if (shape(found.field) !== shape(before)) {
      return [
        `${path}.${name} = ${before.id} was ${shape(before)} and is ${shape(found.field)}: give it a new number.`,
      ];
    }
    if (found.name !== name) {
      return [
        `${path}.${name} = ${before.id} is now called ${found.name}: a field keeps its name, the audit shows it.`,
      ];
    }
    return oneofOf(committed, name) === oneofOf(next, name)
      ? []
      : [`${path}.${name} = ${before.id} moved into or out of a oneof: give it a new number.`];
  });
  const freed = (committed.reserved ?? []).flatMap((range) =>
    typeof range === 'string' || isCovered(next, range)
      ? []
      : [`${path} no longer reserves ${spanOf(range)}: keep it, bytes with such a field are in journals.`],
  );
  const reused = Object.entries(next.fields ?? {}).flatMap(([name, field]) =>
    isReserved(committed, field.id)
      ? [`${path}.${name} takes the reserved number ${field.id}: give it a new one.`]
      : [],
  );
  return [...now, ...freed, ...reused];
}

function brokenValues(committed: Descriptor, next: Descriptor, path: string): string[] {
  return Object.entries(committed.values ?? {}).flatMap(([name, number]) =>
    next.values?.[name] === number ? [] : [`${path}.${name} = ${number} changed or is gone: enum values are for ever.`],
  );
}

function shape(field: FieldDescriptor): string {
  return [field.rule, field.keyType && `map<${field.keyType}>`, field.type].filter(Boolean).join(' ');
}

function oneofOf(descriptor: Descriptor, field: string): string | undefined {
  return Object.entries(descriptor.oneofs ?? {}).find(([, { oneof }]) => oneof.includes(field))?.[0];
}

type Range = readonly [number, number];

/** Whether every number of the range is reserved, in whatever pieces. */
function isCovered(descriptor: Descriptor, [first, last]: Range): boolean {
  let covered = first - 1;
  const ranges = (descriptor.reserved ?? []).filter((range) => typeof range !== 'string');
  for (const [from, to] of ranges.toSorted((left, right) => left[0] - right[0])) {
    if (from <= covered + 1) covered = Math.max(covered, to);
  }
  return covered >= last;
}

function spanOf([first, last]: Range): string {
  return first === last ? String(first) : `${first} to ${last}`;
}

function isReserved(descriptor: Descriptor, id: number): boolean {
  return (descriptor.reserved ?? []).some((range) => typeof range !== 'string' && id >= range[0] && id <= range[1]);
}
