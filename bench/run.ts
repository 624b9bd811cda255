/**
 * `npm run bench -- NAME`: runs bench/NAME.ts, or with `--mongodb` bench/NAME/mongodb.ts, and prints its figures, with
 * the machine they come from.
 */
import { cpus, totalmem } from 'node:os';
import { asked } from './asked.ts';
import { type BenchOptions, type BenchResult, promiseOf } from './result.ts';

const { name, json, ...options } = asked();
const bench = (await import(options.url === undefined ? `./${name}.ts` : `./${name}/mongodb.ts`)) as {
  run(options: BenchOptions): Promise<BenchResult>;
};
const result = await bench.run(options);
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
};
if (json) {
  console.log(JSON.stringify({ ...result, machine }, null, 2));
} else {
  console.log(`${result.name} on ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}`);
  for (const figure of result.figures) {
    console.log(
      `  ${figure.name.padEnd(44)} ${Number(figure.value.toPrecision(4))} ${figure.unit}${promiseOf(figure)}`,
    );
  }
  for (const note of result.notes) console.log(`  ${note}`);
}
process.exit(0);
