/**
 * `npm run bench -- NAME [--json]`: runs bench/NAME.ts, or with `--mongodb` bench/NAME/mongodb.ts, and prints its
 * figures, with the machine they come from.
 */
import { existsSync, readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type BenchResult, promiseOf } from './result.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'result.ts'].includes(file))
  .map((file) => file.slice(0, -3));
const usage = `Usage: npm run bench -- NAME [--json]

NAME is one of ${names.join(', ')}.
  --json           one JSON document
  --mongodb [--url URL]
                   journal only: the one in MongoDB, at URL, else at CALLBOARD_TEST_MONGODB_URL
  --help           this text

A bench measures and judges nothing: where a figure was promised, the promise stands beside it with whether it is kept,
and the exit code is 0 either way.`;

const { name, json, url } = asked();
const bench = (await import(url === undefined ? `./${name}.ts` : `./${name}/mongodb.ts`)) as {
  run(options: { url?: string | undefined }): Promise<BenchResult>;
};
const result = await bench.run({ url });
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

/** What the command line asks for, with a `url` where it is MongoDB; ends the process where that is no measurement. */
function asked(): { readonly name: string; readonly json: boolean; readonly url?: string } {
  const options = {
    json: { type: 'boolean' },
    mongodb: { type: 'boolean' },
    url: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const [name = '', ...more] = positionals;
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const json = values.json ?? false;
    if (names.includes(name) && more.length === 0) {
      if (!values.mongodb) return { name, json };
      const url = values.url ?? process.env.CALLBOARD_TEST_MONGODB_URL;
      if (url && existsSync(`${import.meta.dirname}/${name}/mongodb.ts`)) return { name, json, url };
      console.error(
        url
          ? `${name} is not measured on MongoDB.`
          : 'Say where MongoDB is: --url mongodb://HOST:PORT (--help says more).',
      );
      process.exit(2);
    }
    console.error(`Name one of the benches: ${names.join(', ')} (--help says more).`);
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    console.error('A bench knows the options --json, --mongodb, --url and --help only.');
  }
  process.exit(2);
}
