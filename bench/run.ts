/** `npm run bench -- NAME [--json]`: runs bench/NAME.ts and prints its figures, with the machine they come from. */
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type BenchResult, kept } from './result.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'result.ts'].includes(file))
  .map((file) => file.slice(0, -3));
const [name] = positionals;
if (!name || !names.includes(name)) {
  console.error(`Name one of the benches: ${names.join(', ')}.`);
  process.exit(2);
}

const bench = (await import(`./${name}.ts`)) as { run(): Promise<BenchResult> };
const result = await bench.run();
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
};
if (values.json) {
  console.log(JSON.stringify({ ...result, machine }, null, 2));
} else {
  console.log(`${result.name} on ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}`);
  for (const figure of result.figures) {
    const promise = figure.target
      ? `  (promised: ${'atLeast' in figure.target ? `at least ${figure.target.atLeast}` : `at most ${figure.target.atMost}`}${kept(figure) ? '' : ', NOT KEPT'})`
      : '';
    console.log(`  ${figure.name.padEnd(44)} ${Number(figure.value.toPrecision(4))} ${figure.unit}${promise}`);
  }
  for (const note of result.notes) console.log(`  ${note}`);
}
process.exit(0);
