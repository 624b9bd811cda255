/** docs/law.md is believed by people who call others: what it shows must work. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { lawNamed, loadLawProfiles } from '#config/law-profiles.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const page = read('docs', 'law.md');

describe('the page about the law', () => {
  test('shows a profile that can be used', () => {
    const [example = ''] = /^ {4}\{\n(?: {4}.*\n)+/m.exec(page) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'callboard-law-'));
    try {
      writeFileSync(join(folder, 'mine.json'), example);
      const { rules } = lawNamed(loadLawProfiles(folder), 'mine');
      expect(rules.map(({ id }) => id)).toEqual(['mine.rest', 'mine.attempts']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('names every kind of limit, and every profile that there is', () => {
    const [, oneof = ''] = /message Limit \{\s*oneof body \{([^}]*)\}/.exec(read('proto', 'law.proto')) ?? [];
    const limits = [...oneof.matchAll(/^\s*(\w+) \w+ = \d+;/gm)].map(([, name]) => name ?? '');
    expect(limits.length).toBeGreaterThan(10);
    expect(limits.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    const names = [...loadLawProfiles().keys()];
    const listed = [...read('config', 'law', 'README.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(names.sort());
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('uses commands and options that there are', () => {
    const program = read('scripts', 'callboard.ts');
    const shown = [...page.matchAll(/^ {4}npm run callboard -- (.*)$/gm)].map(([, line]) => line ?? '');
    expect(shown.length).toBeGreaterThan(5);
    for (const line of shown) {
      expect(program).toContain(`.command('${line.split(' ')[0]} <`);
      for (const [option] of line.matchAll(/--[a-z-]+/g)) expect(program).toContain(`'${option}`);
    }
  });
});
