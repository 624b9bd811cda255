import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadTeam, pathsOf } from './team.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-team-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = (text: string) => {
  const file = join(folder, 'team.yaml');
  writeFileSync(file, text);
  return loadTeam(file);
};
const few = "safeHarbour: sorry.wav\nagents: { ann: { phone: 'sip:ann@127.0.0.1' } }\n";

describe('a team file', () => {
  test('that comes as an example is usable, and its sounds are beside it', () => {
    const team = loadTeam(join(import.meta.dirname, 'example', 'team.yaml'));
    expect(Object.keys(team.agents)).toEqual(['anna', 'ben', 'chen']);
    expect(team.safeHarbour).toBe(join(import.meta.dirname, 'prompts', 'sorry.wav'));
    expect([team.connectWithin, team.preview.longest, team.wrapUp.longest]).toEqual([2000, 20_000, 20_000]);
    expect(pathsOf(team.wrapUp.dispositions ?? {})).toEqual([
      'sale/new',
      'sale/renewal',
      'no/later',
      'no/never',
      'machine',
    ]);
  });

  test('needs no more than a phone and what the abandoned hear', () => {
    expect(load(few)).toMatchObject({ mode: 'progressive', maxAbandonRate: 0.03, connectWithin: 2000, sticky: false });
  });

  test.each([
    ['mode: fast', /mode: /],
    ['connectWithin: soon', /connectWithin: must be a length of time/],
    ['optOutDigit: nine', /optOutDigit: must be one key/],
    ['wrapUp: { dispositions: { sale: }, default: no }', /wrapUp: names no, which is none of sale/],
    ['wrapUp: { dispositions: { sale: }, machines: [robot] }', /wrapUp: names robot, which is none of sale/],
    ['wrapUp: { dispositions: { sale/new: } }', /wrapUp.dispositions/],
    ['transfers: { desk: 5551234 }', /transfers.desk: /],
    ["transfers: { desk: 'sip:+14155550100@10.0.0.1' }", /transfers.desk: must be .+ no telephone number/],
    ['speed: 9', /speed/],
    ["agents: { 'ann lee': { phone: 'sip:ann@127.0.0.1' } }", /agents/],
    ['agents: {}', /agents: must name somebody/],
  ])('that has %s is refused in one sentence that names the place', (line, sentence) => {
    const key = line.split(':')[0] ?? '';
    const text = `${few
      .split('\n')
      .filter((each) => !each.startsWith(`${key}:`))
      .join('\n')}\n${line}\n`;
    expect(() => load(text)).toThrow(sentence);
    expect(() => load(text)).toThrow(/^The team file \S+ is not usable; mend [^\n]+\.$/);
  });

  test('that is no YAML, or is not there, says so', () => {
    expect(() => load('agents: [')).toThrow(/is not YAML at line \d+: mend its syntax\.$/);
    expect(() => loadTeam(join(folder, 'none.yaml'))).toThrow(/cannot be read \(ENOENT\): name one that can\.$/);
  });
});
