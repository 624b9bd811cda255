import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { errorCodes } from '#ports/errors.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const codesOf = (text: string) => [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);

describe('the docs of errors', () => {
  test('explain every code there is, and no other', () => {
    expect(codesOf(read('docs', 'errors.md'))).toEqual([...errorCodes]);
    expect([...errorCodes]).toEqual([...errorCodes].sort());
  });

  const actors = readdirSync(join(root, 'actors'));
  test.each(actors)('every refusal of %s is in its README', (actor) => {
    const refusals = [...read('actors', actor, 'decide.ts').matchAll(/reject\(\s*'([A-Z_]+)'/g)].map(
      ([, code]) => code,
    );
    const readme = read('actors', actor, 'README.md');
    expect([...new Set(refusals)].filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
  });
});
