import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '#adapters/metrics/metrics.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const exported = createMetrics({ nodeId: 'node-1', version: '0', actors: () => [] }).names();
const ours = exported.filter((name) => name.startsWith('callboard_')).sort();

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

describe('the docs of metrics', () => {
  test('explain every metric there is, and no other', () => {
    const rows = [...read('docs', 'observability.md').matchAll(/^\| `(callboard_\w+)` \|/gm)];
    expect(rows.map(([, name]) => name)).toEqual(ours);
  });
});

describe('the dashboard', () => {
  const { schemaVersion, panels } = JSON.parse(read('config', 'grafana', 'callboard.json')) as {
    schemaVersion: number;
    panels: readonly Panel[];
  };
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const named = expressions.flatMap((expr) => expr.match(/\b(callboard|process|nodejs)_\w+/g) ?? []);
  const shown = named.map((name) => (exported.includes(name) ? name : name.replace(/_(bucket|sum|count)$/, '')));

  test('asks for metrics that are exported, and leaves none of ours out', () => {
    expect(shown.filter((name) => !exported.includes(name))).toEqual([]);
    expect([...new Set(shown)].filter((name) => name.startsWith('callboard_')).sort()).toEqual(ours);
  });

  test('has panels that Grafana takes', () => {
    expect(schemaVersion).toBeGreaterThanOrEqual(36);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { type, targets = [] } of panels) expect(type === 'row' || targets.length > 0).toBe(true);
    for (const expr of expressions) expect(expr.split('(').length).toBe(expr.split(')').length);
  });
});
