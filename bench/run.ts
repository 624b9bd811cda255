/**
 * `npm run bench -- NAME`: runs bench/NAME.ts, or with `--mongodb` bench/NAME/mongodb.ts, and prints its figures, with
 * the machine they come from.
 */
import { cpus, totalmem } from 'node:os';
import { asked } from './asked.ts';
import { benchServices } from './cluster/services.ts';
import { type BenchOptions, type BenchResult, promiseOf } from './result.ts';

const { name, json, mongodb, url, syncMs } = asked();
const result = await (mongodb ? onMongodb() : bench(`./${name}.ts`, { syncMs }));
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

async function onMongodb(): Promise<BenchResult> {
  const path = `./${name}/mongodb.ts`;
  if (url) return bench(path, { syncMs, url });
  const services = await benchServices();
  try {
    return await bench(path, { syncMs, url: services.mongodbUrl });
  } finally {
    await services.close();
  }
}

async function bench(path: string, options: BenchOptions & { readonly url?: string }): Promise<BenchResult> {
  const module = (await import(path)) as { run(options: BenchOptions): Promise<BenchResult> };
  return module.run(options);
}
