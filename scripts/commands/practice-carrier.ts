/** `callboard practice-carrier`: the far side by itself, for nodes that run elsewhere than on this terminal. */
import { lookup } from 'node:dns/promises';
import { pino } from 'pino';
import { FatalError } from '#ports/errors.ts';
import { openCarrier } from '#practice/open-carrier.ts';

export interface PracticeCarrierOptions {
  /** An address of this machine, or a name that stands for one, as in a container. */
  readonly address: string;
  readonly port: number;
  readonly seed: number;
  readonly timeScale: number;
}

/** Takes calls until SIGTERM or Ctrl-C. */
export async function practiceCarrier(options: PracticeCarrierOptions): Promise<void> {
  const address = await addressOf(options.address);
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const logger = pino({ level: 'warn' }, pino.destination(2));
  const carrier = await openCarrier({ ...options, address, logger });
  console.log(`ready ${carrier.uri}`);
  await ended;
  await carrier.close();
}

/** It is told to the callers as where to send: no address that stands for all of them. */
async function addressOf(name: string): Promise<string> {
  const address = await lookup(name, 4).then(
    (found) => found.address,
    () => undefined,
  );
  if (address && address !== '0.0.0.0') return address;
  throw new FatalError(
    'CONFIG_INVALID',
    `--address ${name} is no IPv4 address of this machine: name one that the callers can see.`,
  );
}
