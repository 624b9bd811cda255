/** A far side as a process: its options, its first line, its end. */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Logger } from '#ports/logger.ts';

/** How a far side is opened. */
export interface PracticeOptions {
  /** Address of this machine that its callers can see. */
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** The same seed, the same behaviour. */
  readonly seed: number;
  /** Every wait is multiplied by it. */
  readonly timeScale: number;
  /** Folder for what is heard and said in each call; none when absent. */
  readonly record?: string;
  readonly logger: Logger;
}

/** A far side that takes calls. */
export interface OpenPractice {
  /** Where it takes calls. */
  readonly uri: string;
  /** Ends its calls and lets go of its sockets and threads. */
  close(): Promise<void>;
}

/** Opens a far side by the options of this process, and closes it when the process is to end. `name` begins a sentence. */
export async function runPractice(
  name: string,
  open: (options: PracticeOptions) => Promise<OpenPractice>,
): Promise<void> {
  const refuse = (fault: string): never => {
    console.error(`${name} ${name.endsWith('s') ? 'do' : 'does'} not start: ${fault}`);
    process.exit(2);
  };
  const options = readOptions(refuse);
  const logger = pino({ level: 'warn' }, pino.destination(2));
  const far = await open({ address: '127.0.0.1', ...options, logger }).catch((error: Error) => refuse(error.message));
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await far.close();
    process.exit(0);
  };
  process.stdin.resume().once('close', end);
  process.once('SIGTERM', end).once('SIGINT', end);
  console.log(`ready ${far.uri}`);
}

type Refuse = (fault: string) => never;

function readOptions(refuse: Refuse): Pick<PracticeOptions, 'port' | 'seed' | 'timeScale' | 'record'> {
  const values = parsed(refuse);
  const timeScale = Number(values['time-scale']);
  if (!(timeScale > 0 && timeScale <= 100)) {
    refuse(`--time-scale ${values['time-scale']} is no number above 0, up to 100.`);
  }
  return {
    port: wholeNumber('port', values.port, 65_535, refuse),
    seed: wholeNumber('seed', values.seed, 2 ** 32 - 1, refuse),
    timeScale,
    ...(values.record === undefined ? {} : { record: values.record }),
  };
}

function parsed(refuse: Refuse) {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        seed: { type: 'string', default: '1' },
        'time-scale': { type: 'string', default: '1' },
        record: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return refuse(`${(error as Error).message}.`);
  }
}

function wholeNumber(name: string, text: string, most: number, refuse: Refuse): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > most) refuse(`--${name} ${text} is no whole number from 0 to ${most}.`);
  return number;
}
