/**
 * `npm run chaos -- [--minutes 10] [--seed N] [--calls 200] [--json]`: three nodes, a campaign in progress, and faults, one
 * after the other. Exits with 0 when nothing was lost, nobody called twice, and all answered again in time.
 */
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { codeOf } from '#ports/errors.ts';
import { broken } from './chaos/outcome.ts';
import { runChaos } from './chaos/run.ts';
import { tableOf } from './chaos/table.ts';

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly calls: number;
  readonly folder: string;
  readonly json?: boolean;
}

const program = new Command('chaos')
  .description('Three nodes under load, and faults; what must not happen is counted.')
  .option('--minutes <n>', 'how long faults begin', positive, 10)
  .option('--seed <n>', 'the same seed, the same faults', positive, 1)
  .option('--calls <n>', 'live calls at once', positive, 200)
  .option('--folder <dir>', 'where servers and nodes keep what they write', join('data', 'chaos'))
  .option('--json', 'one JSON document')
  .showHelpAfterError();

const leave = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave.abort());
try {
  const { json, ...options } = program.parse().opts<Options>();
  const say = (sentence: string) => console.error(sentence);
  const outcome = await runChaos({ ...options, talkS: [50, 90], say, signal: leave.signal });
  const unkept = broken(outcome);
  console.log(json ? JSON.stringify({ ...outcome, broken: unkept }, null, 2) : tableOf(outcome));
  for (const sentence of unkept) console.error(sentence);
  process.exitCode = unkept.length === 0 ? 0 : 1;
} catch (error) {
  const stopped = leave.signal.aborted;
  if (stopped) console.error('Stopped; what was started has been ended again.');
  else console.error(codeOf(error) ? `${(error as Error).message} [${codeOf(error)}]` : error);
  process.exitCode = 1;
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number above 0.');
}
