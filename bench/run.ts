/** `npm run bench -- NAME [--json]`: runs bench/NAME.ts and prints its figures, with the machine they come from. */
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type BenchResult, promiseOf } from './result.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'result.ts'].includes(file))
  .map((file) => file.slice(0, -3));
const usage = `Usage: npm run bench -- NAME [--json]

NAME is one of ${names.join(', ')}.
  --json  one JSON document
  --help  this text

A bench measures and judges nothing: where a figure was promised, the promise stands beside it with whether it is kept,
and the exit code is 0 either way.`;

const { name, json } = asked();
const bench = (await import(`./${name}.ts`)) as { run(): Promise<BenchResult> };
const result = await bench.run();
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

/** What the command line asks for; ends the process where that is no measurement. */
function asked(): { readonly name: string; readonly json: boolean } {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const [name = '', ...more] = positionals;
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    if (names.includes(name) && more.length === 0) return { name, json: values.json ?? false };
    console.error(`Name one of the benches: ${names.join(', ')} (--help says more).`);
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    console.error('A bench knows the options --json and --help only.');
  }
  process.exit(2);
}
