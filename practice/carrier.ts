/**
 * The practice carrier, a far side in a process of its own: `node practice/carrier.ts [--port N] [--seed N]
 * [--time-scale X]`. Prints `ready sip:127.0.0.1:PORT` when it takes calls. Ends when its standard input does, so
 * that it never outlives who started it, and on SIGTERM or SIGINT.
 */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openCarrier } from './open-carrier.ts';

const values = readOptions();
const port = wholeNumber('port', values.port, 65_535);
const seed = wholeNumber('seed', values.seed, 2 ** 32 - 1);
const timeScale = Number(values['time-scale']);
if (!(timeScale > 0 && timeScale <= 100))
  refuse(`--time-scale ${values['time-scale']} is no number above 0, up to 100.`);

const logger = pino({ level: 'warn' }, pino.destination(2));
let ending = false;
const carrier = await openCarrier({ address: '127.0.0.1', port, seed, timeScale, logger }).catch((error: Error) =>
  refuse(error.message),
);

process.stdin.resume().once('close', end);
process.once('SIGTERM', end).once('SIGINT', end);
console.log(`ready ${carrier.uri}`);

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await carrier.close();
  process.exit(0);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        seed: { type: 'string', default: '1' },
        'time-scale': { type: 'string', default: '1' },
      },
    }).values;
  } catch (error) {
    return refuse(`${(error as Error).message}.`);
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > most) refuse(`--${name} ${text} is no whole number from 0 to ${most}.`);
  return number;
}

function refuse(fault: string): never {
  console.error(`The practice carrier does not start: ${fault}`);
  process.exit(2);
}
