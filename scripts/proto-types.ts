/** Writes the TypeScript types of one .proto file, with its comments as docstrings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { isUnion, wordOf } from '#proto/naming.ts';

const scalars: Record<string, string> = {
  double: 'number',
  float: 'number',
  int32: 'number',
  uint32: 'number',
  sint32: 'number',
  int64: 'number',
  uint64: 'number',
  sint64: 'number',
  bool: 'boolean',
  string: 'string',
  bytes: 'Uint8Array',
};

/** The text of proto/generated/NAME.ts for `folder`/NAME.proto. */
export function typesOf(folder: string, file: string): string {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (target.startsWith(folder) ? target : join(folder, target));
  root.loadSync(join(folder, file), { alternateCommentMode: true });
  root.resolveAll();
  const parsed = protobuf.parse(readFileSync(join(folder, file), 'utf8'), new protobuf.Root());
  const namespace = root.lookup(parsed.package ?? '') as protobuf.Namespace;
  const own = namespace.nestedArray.filter((item) => item.filename === join(folder, file));
  const imports = new Map<string, Set<string>>();
  const refer = (type: protobuf.ReflectionObject): string => {
    if (type.filename !== join(folder, file)) {
      const from = `./${type.filename?.slice(folder.length + 1).replace(/\.proto$/, '.ts')}`;
      imports.set(from, (imports.get(from) ?? new Set()).add(type.name));
    }
    return type.name;
  };
  const types = own.map((item) =>
    item instanceof protobuf.Enum ? enumType(item) : messageType(item as protobuf.Type, refer),
  );
  const codecs = own.filter((item) => item instanceof protobuf.Type && needsCodec(item, file)).map(codecOf);
  const protocol = protocolOf(own, file);
  const header = [
    `// Generated from proto/${file} by npm run proto. Do not edit.`,
    ...(codecs.length > 0
      ? [`import { ${protocol ? 'type Codec, codec, type Protocol' : 'type Codec, codec'} } from '#proto/codec.ts';`]
      : []),
    ...[...imports].map(([from, names]) => `import type { ${[...names].sort().join(', ')} } from '${from}';`),
  ];
  return `${[header.join('\n'), ...types, ...codecs, ...(protocol ? [protocol] : [])].join('\n\n')}\n`;
}

function needsCodec(type: protobuf.Type, file: string): boolean {
  return isUnion(type) || file === 'envelope.proto';
}

function codecOf(item: protobuf.ReflectionObject): string {
  const constant = item.name[0]?.toLowerCase() + item.name.slice(1);
  return `export const ${constant}: Codec<${item.name}> = codec('${item.fullName.slice(1)}');`;
}

/** A file with XCommand, XEvent and XReply describes an actor. */
function protocolOf(own: readonly protobuf.ReflectionObject[], file: string): string | undefined {
  const kind = file.replace(/\.proto$/, '');
  const name = kind.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
  if (!['Command', 'Event', 'Reply'].every((part) => own.some((item) => item.name === name + part))) return undefined;
  const constant = (name[0]?.toLowerCase() ?? '') + name.slice(1);
  return [
    `/** What can be said to a ${kind} actor, and what it can say. */`,
    `export const ${constant}Protocol: Protocol<${name}Command, ${name}Event, ${name}Reply> = {`,
    `  kind: '${kind}',`,
    ...['Command', 'Event', 'Reply'].map((part) => `  ${part.toLowerCase()}: ${constant}${part},`),
    '};',
  ].join('\n');
}

function messageType(type: protobuf.Type, refer: (type: protobuf.ReflectionObject) => string): string {
  if (isUnion(type)) {
    const members = type.fieldsArray.map((field) => {
      const name = refer(field.resolvedType as protobuf.Type);
      return `  | ({ readonly type: '${name}' } & ${name})`;
    });
    return `${doc(type.comment, '')}export type ${type.name} =\n${members.join('\n')};`;
  }
  const fields = type.fieldsArray.map((field) => {
    const base = field.resolvedType ? refer(field.resolvedType) : (scalars[field.type] ?? unknownScalar(field));
    const value = field.repeated ? `readonly ${base}[]` : base;
    return `${doc(field.comment, '  ')}  readonly ${field.name}${field.partOf ? '?' : ''}: ${value};`;
  });
  return `${doc(type.comment, '')}export interface ${type.name} {\n${fields.join('\n')}\n}`.replace('{\n\n}', '{}');
}

function enumType(type: protobuf.Enum): string {
  const members = Object.keys(type.values).map(
    (value) => `${doc(type.comments[value] ?? null, '  ')}  | '${wordOf(type, value)}'`,
  );
  return `${doc(type.comment, '')}export type ${type.name} =\n${members.join('\n')};`;
}

function doc(comment: string | null, indent: string): string {
  return comment ? `${indent}/** ${comment.replaceAll('\n', ' ')} */\n` : '';
}

function unknownScalar(field: protobuf.Field): never {
  throw new Error(
    `${field.fullName} has type ${field.type}, which scripts/proto-types.ts does not know: add it there.`,
  );
}
