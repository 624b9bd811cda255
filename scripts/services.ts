/** `npm run services -- up|down|status`: the servers of a cluster, on this machine, without Docker. */
import { Command } from 'commander';
import { codeOf } from '#ports/errors.ts';
import { down, status } from './services/down.ts';
import { servicesFolder } from './services/record.ts';
import { up } from './services/up.ts';

interface Options {
  readonly folder: string;
  readonly json?: boolean;
}

const program = new Command('services')
  .description('A NATS server and a MongoDB (or FerretDB on PostgreSQL) on loopback, each on a free port.')
  .showHelpAfterError();

command('up', 'start what is not running, wait until it answers, print the URLs').action(async (options: Options) => {
  const leave = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave.abort());
  const services = await up({
    folder: options.folder,
    say: (sentence) => console.error(sentence),
    signal: leave.signal,
  });
  const { natsUrl, mongodbUrl } = services;
  if (options.json) console.log(JSON.stringify({ natsUrl, mongodbUrl, services: services.services }, null, 2));
  else console.log(`export CALLBOARD_NATS_URL='${natsUrl}'\nexport CALLBOARD_MONGODB_URL='${mongodbUrl}'`);
});

command('down', 'stop what `up` started; the data stays').action(async (options: Options) => {
  const stopped = await down(options.folder);
  if (options.json) console.log(JSON.stringify(stopped, null, 2));
  else
    console.log(
      stopped.length === 0 ? 'Nothing was running.' : stopped.map(({ name }) => `${name} stopped.`).join('\n'),
    );
});

command('status', 'say what runs; the exit code is 0 when all that was started answers').action(
  async (options: Options) => {
    const services = await status(options.folder);
    if (options.json) console.log(JSON.stringify(services, null, 2));
    else if (services.length === 0) console.log('Nothing was started: npm run services -- up');
    for (const { name, state, url, pid, log } of options.json ? [] : services) {
      console.log(`${name.padEnd(11)} ${state.padEnd(10)} ${url}  pid ${pid}  ${log}`);
    }
    if (services.length === 0 || services.some(({ state }) => state !== 'answering')) process.exitCode = 1;
  },
);

try {
  await program.parseAsync();
} catch (error) {
  const stopped = (error as Error).name === 'AbortError';
  if (stopped) console.error('Stopped; what was started has been ended again.');
  else console.error(codeOf(error) ? `${(error as Error).message} [${codeOf(error)}]` : error);
  process.exitCode = 1;
}

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--folder <dir>', 'where their data, their logs and services.json are', servicesFolder)
    .option('--json', 'one JSON document');
}
