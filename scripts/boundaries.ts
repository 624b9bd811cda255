/**
 * `npm run check:boundaries`: proves that the linter still refuses what ARCHITECTURE.md forbids. The bad files in
 * test/fixtures/boundaries/ are laid out like the house and linted with its rules in a folder of their own.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How many findings each bad file must give, and of which rules. */
const expected: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'actors/bad/decide.ts': { noRestrictedImports: 5, noRestrictedGlobals: 1 },
  'actors/bad/bad.actor.ts': { noRestrictedImports: 1 },
  'adapters/bad.ts': { noRestrictedImports: 2, noProcessEnv: 1 },
  'projections/bad.ts': { noRestrictedImports: 2 },
  'projections/models/bad.ts': { noRestrictedImports: 2, noRestrictedGlobals: 1 },
  'law/bad.ts': { noRestrictedImports: 3, noRestrictedGlobals: 1 },
  'runtime/bad.ts': { noRestrictedImports: 1 },
  'ports/bad.ts': { noRestrictedImports: 1 },
  'proto/bad.ts': { noRestrictedImports: 1 },
  'practice/bad.ts': { noRestrictedImports: 1 },
  'simulation/bad.ts': { noRestrictedImports: 3, noRestrictedGlobals: 1 },
};

interface Finding {
  readonly category: string;
  readonly location: { readonly path: string };
}

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'callboard-boundaries-'));
try {
  cpSync(join(root, 'test', 'fixtures', 'boundaries'), folder, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const rules = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...rules, vcs: { enabled: false } }));
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const run = spawnSync(biome, ['lint', '--reporter=json', '--max-diagnostics=200', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(run.stdout) as { readonly diagnostics: readonly Finding[] };
  const wrong = Object.entries(expected).flatMap(([file, rulesOf]) =>
    Object.entries(rulesOf).flatMap(([rule, count]) => {
      const found = diagnostics.filter(
        ({ category, location }) => category.endsWith(`/${rule}`) && location.path.endsWith(file),
      ).length;
      return found === count ? [] : [`${file}: ${rule} found ${found} times, not ${count}`];
    }),
  );
  if (wrong.length > 0) {
    console.error(`The linter no longer guards the boundaries; mend biome.json:\n  ${wrong.join('\n  ')}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
