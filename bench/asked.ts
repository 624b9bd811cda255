/** What `npm run bench` is asked on its command line. */
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { BenchOptions } from './result.ts';

export interface Asked extends BenchOptions {
  readonly name: string;
  readonly json: boolean;
  /** Measured on MongoDB. */
  readonly mongodb: boolean;
  /** Of that, where somebody named it. */
  readonly url?: string;
}

const noBenches = ['asked.ts', 'garbage.ts', 'result.ts', 'run.ts'];
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !noBenches.includes(file))
  .map((file) => file.slice(0, -3));
/** Those that compare with raw writes of the same disk. */
const syncing = ['actors', 'journal'];
const longestSyncMs = 1000;

const usage = `Usage: npm run bench -- NAME [--json] [--sync-ms N] [--mongodb [--url URL]]

NAME is one of ${names.join(', ')}.
  --json           one JSON document
  --sync-ms N      ${syncing.join(', ')}: as if each sync of the disk took N ms longer, ours and the raw one's
  --mongodb [--url URL]
                   journal, lists, recovery: on MongoDB at URL, else at CALLBOARD_TEST_MONGODB_URL, else on a server that
                   is started for it
  --help           this text

A bench measures and judges nothing: where a figure was promised, the promise stands beside it with whether it is kept,
and the exit code is 0 either way.`;

/** What the command line asks for; ends the process where that is no measurement. */
export function asked(): Asked {
  const { values, positionals } = parsed();
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const [name = '', ...more] = positionals;
  if (!names.includes(name) || more.length > 0) {
    refuse(`Name one of the benches: ${names.join(', ')} (--help says more).`);
  }
  const syncMs = syncMsOf(name, values['sync-ms']);
  const { json, mongodb, url = process.env.CALLBOARD_TEST_MONGODB_URL } = values;
  if (mongodb && !existsSync(`${import.meta.dirname}/${name}/mongodb.ts`))
    refuse(`${name} is not measured on MongoDB.`);
  return { name, json, syncMs, mongodb, ...(mongodb && url ? { url } : {}) };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        'sync-ms': { type: 'string', default: '0' },
        mongodb: { type: 'boolean', default: false },
        url: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    return refuse('A bench knows the options --json, --sync-ms, --mongodb, --url and --help only.');
  }
}

function syncMsOf(name: string, text: string): number {
  const ms = Number(text);
  if (!(ms >= 0 && ms <= longestSyncMs)) {
    refuse(`--sync-ms ${text} is not a number of milliseconds from 0 to ${longestSyncMs}.`);
  }
  if (ms > 0 && !syncing.includes(name)) {
    refuse(`--sync-ms is for benches that compare with raw writes of the disk: ${syncing.join(', ')}.`);
  }
  return ms;
}

function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
