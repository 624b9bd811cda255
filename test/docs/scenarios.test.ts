/** docs/scenarios.md holds what the schema takes: its example is one, its table has every key, with its default. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Document, parse } from 'yaml';
import { z } from 'zod';
import { readScenario } from '#simulation/read-scenario.ts';
import { scenarioSchema } from '#simulation/scenario.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'scenarios.md'), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const rows = [...page.matchAll(/^\| `([\w.]+)` \| .* \| (.*) \|$/gm)].map(([, key = '', preset = '']) => ({
  key,
  preset,
}));

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

/** Every key that has no keys below it, through lists: `agents.count`. */
function keysOf(node: Node, path: readonly string[] = []): readonly string[] {
  const { properties } = node.items ?? node;
  if (!properties) return [path.join('.')];
  return Object.entries(properties).flatMap(([key, below]) => keysOf(below, [...path, key]));
}

/** Where a key stands in the example: the first of each list. */
const placeOf = (key: string) =>
  key.split('.').flatMap((name) => (/^(agents|breaks|phases)$/.test(name) ? [name, 0] : [name]));

/** The example with a key taken out (undefined) or set. */
function exampleWith(changes: readonly { readonly key: string; readonly value?: unknown }[]) {
  const document = new Document(parse(example));
  for (const { key, value } of changes) {
    if (value === undefined) document.deleteIn(placeOf(key));
    else document.setIn(placeOf(key), value);
  }
  return readScenario(String(document), 'example.yaml');
}

describe('docs/scenarios.md', () => {
  test('has an example that names every key, and a table that has each once', () => {
    const keys = keysOf(z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' }) as Node);
    expect(rows.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(readScenario(example, 'example.yaml').name).toBe('mine');
    const written = new Document(parse(example));
    for (const key of keys) expect([key, written.hasIn(placeOf(key))]).toEqual([key, true]);
  });

  test.each(rows.filter(({ preset }) => preset.startsWith('`')))('tells the default of $key', ({ key, preset }) => {
    expect(exampleWith([{ key, value: parse(preset.slice(1, -1)) }])).toEqual(exampleWith([{ key }]));
  });

  test.each(rows.filter(({ preset }) => preset.startsWith('needed')))('says that $key is needed', ({ key }) => {
    expect(() => exampleWith([{ key }])).toThrow(`${placeOf(key).join('.')}: must be`);
  });
});
