import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import protobuf from 'protobufjs';
import { breaks, type Descriptor } from './contract.ts';

function contractOf(source: string): Descriptor {
  return protobuf
    .parse(`syntax = "proto3"; package test.v1; ${source}`, { keepCase: false })
    .root.toJSON() as Descriptor;
}

function broken(before: string, after: string): string[] {
  return breaks(contractOf(before), contractOf(after));
}

describe('the contract', () => {
  const call = 'message Call { string id = 1; uint32 tries = 2; }';

  test.each([
    ['nothing changed', call, call],
    ['a field came', call, 'message Call { string id = 1; uint32 tries = 2; bool live = 3; }'],
    ['a message came', call, `${call} message Other { string id = 1; }`],
    ['the order changed', call, 'message Call { uint32 tries = 2; string id = 1; }'],
    ['a field went and its number is reserved', call, 'message Call { string id = 1; reserved 2; }'],
    [
      'reserved numbers in other pieces, with more',
      'message Call { string id = 1; reserved 3 to 5; }',
      'message Call { string id = 1; reserved 5 to 9, 3, 4; }',
    ],
    ['an enum value came', 'enum E { E_A = 0; }', 'enum E { E_A = 0; E_B = 1; }'],
    [
      'a member of a union came',
      'message U { oneof body { string a = 1; } }',
      'message U { oneof body { string a = 1; string b = 2; } }',
    ],
  ])('takes a change that is compatible: %s', (_name, before, after) => {
    expect(broken(before, after)).toEqual([]);
  });

  test.each([
    ['another number', call, 'message Call { string id = 1; uint32 tries = 3; }', 'test.v1.Call.tries = 2 is gone'],
    ['another type', call, 'message Call { string id = 1; string tries = 2; }', 'was uint32 and is string'],
    ['another name', call, 'message Call { string id = 1; uint32 attempts = 2; }', 'is now called attempts'],
    ['two numbers swapped', call, 'message Call { string id = 2; uint32 tries = 1; }', 'was string and is uint32'],
    ['a list of it', call, 'message Call { string id = 1; repeated uint32 tries = 2; }', 'is repeated uint32'],
    ['a field that is gone', call, 'message Call { string id = 1; }', 'write "reserved 2;"'],
    ['a message that is gone', `${call} message Other { string id = 1; }`, call, 'test.v1.Other is gone'],
    [
      'a field that moved into a union',
      'message U { string a = 1; string b = 2; }',
      'message U { oneof body { string a = 1; string b = 2; } }',
      'moved into or out of a oneof',
    ],
    [
      'a reserved number that is used again',
      'message Call { string id = 1; reserved 2; }',
      'message Call { string id = 1; string again = 2; }',
      'takes the reserved number 2',
    ],
    [
      'a reserved number that is let go',
      'message Call { string id = 1; reserved 2; }',
      'message Call { string id = 1; }',
      'test.v1.Call no longer reserves 2',
    ],
    [
      'a part of a reserved range that is let go',
      'message Call { string id = 1; reserved 3 to 5; }',
      'message Call { string id = 1; reserved 3, 5; }',
      'test.v1.Call no longer reserves 3 to 5',
    ],
    ['an enum value of another number', 'enum E { E_A = 0; E_B = 1; }', 'enum E { E_A = 0; E_B = 2; }', 'E_B = 1'],
    ['an enum value that is gone', 'enum E { E_A = 0; E_B = 1; }', 'enum E { E_A = 0; }', 'E_B = 1'],
    [
      'inside a message of a message',
      'message A { message B { string id = 1; } }',
      'message A { message B { bytes id = 1; } }',
      'test.v1.A.B.id = 1 was string and is bytes',
    ],
  ])('refuses %s', (_name, before, after, says) => {
    const found = broken(before, after);
    expect(found.join('\n')).toContain(says);
  });

  test('names no message twice and every break', () => {
    expect(broken(call, 'message Call { bytes id = 1; bytes tries = 2; }')).toHaveLength(2);
  });

  test('is what the .proto files say', () => {
    const root = new protobuf.Root();
    root.resolvePath = (_origin, target) => new URL(`./${target.split('/').at(-1)}`, import.meta.url).pathname;
    root.loadSync(
      readdirSync(new URL('.', import.meta.url))
        .filter((file) => file.endsWith('.proto'))
        .sort(),
    );
    const committed = JSON.parse(readFileSync(new URL('./contract.json', import.meta.url), 'utf8')) as Descriptor;
    const written = JSON.parse(JSON.stringify(root.toJSON())) as Descriptor;
    expect(written.nested).toEqual(committed.nested);
  });
});
