/**
 * `npm run proto`: bundles proto/*.proto with pbjs into proto/contract.json and writes the TypeScript types into
 * proto/generated/. Refuses a change that breaks the contract. `--check` writes nothing and fails when what is
 * committed is stale.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { breaks, type Descriptor } from '#proto/contract.ts';
import { typesOf } from './proto-types.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'proto');
const contractPath = join(folder, 'contract.json');
const sources = readdirSync(folder)
  .filter((file) => file.endsWith('.proto'))
  .sort();

const pbjs = join(root, 'node_modules', 'protobufjs-cli', 'bin', 'pbjs');
const bundled = execFileSync(
  process.execPath,
  [pbjs, '-t', 'json', '-p', folder, ...sources.map((file) => join(folder, file))],
  { encoding: 'utf8' },
);
const contract = `${bundled.trim()}\n`;
const broken = existsSync(contractPath)
  ? breaks(JSON.parse(readFileSync(contractPath, 'utf8')) as Descriptor, JSON.parse(contract) as Descriptor)
  : [];
if (broken.length > 0) {
  console.error(`The change to proto/ breaks the contract that journals and nodes rely on:\n  ${broken.join('\n  ')}`);
  process.exit(1);
}

const written = new Map<string, string>([[contractPath, contract]]);
for (const source of sources) {
  const name = source.replace(/\.proto$/, '.ts');
  written.set(join(folder, 'generated', name), typesOf(folder, source));
}

if (process.argv.includes('--check')) {
  const stale = [...written].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  if (stale.length > 0) {
    console.error(
      `Stale: ${stale.map(([path]) => path.slice(root.length + 1)).join(', ')}. Run npm run proto and commit.`,
    );
    process.exit(1);
  }
} else {
  mkdirSync(join(folder, 'generated'), { recursive: true });
  for (const [path, text] of written) writeFileSync(path, text);
}
