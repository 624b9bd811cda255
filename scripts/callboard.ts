/** The command line: `npm run callboard -- COMMAND`, and `npm start`. */
import { Command, InvalidArgumentError } from 'commander';
import { codeOf } from '#ports/errors.ts';

/** What is still being written when a command has failed gets this long, ms. */
const lastMs = 2000;

const numbersHelp =
  '\nThe numbers are the column phone of a CSV file, or come on standard input, one a line. None is shown.';

const program = new Command('callboard')
  .description('Outbound calls as supervised, event-sourced actors.')
  .option('--data <folder>', 'where the journal, the vault, the lists, the recordings and the log are')
  .option('--config <file>', 'a JSON file of settings, see config/embedded.json')
  .showHelpAfterError('(--help lists the options)');

program
  .command('start')
  .description('dial the example campaign of 60 leads at the practice carrier')
  .option('--once', 'exit when it is over, with 0 when every lead has an outcome')
  .option('--seed <n>', 'seed of the practice carrier: the same seed, the same people', wholeNumber(0), 1)
  .action(async (options) => (await import('./commands/start.ts')).start({ ...program.opts(), ...options }));

program
  .command('demo')
  .description('a campaign whose answers are for practice agents: who is ready, who talks, and why so many are dialed')
  .option('--agents <n>', 'how many', wholeNumber(1, 400), 10)
  .option('--mode <mode>', 'preview, progressive, power, adaptive or predictive', pacingMode, 'predictive')
  .option('--minutes <n>', 'how long', positiveNumber, 2)
  .option('--once', 'exit when it is over')
  .option('--seed <n>', 'seed of the people and the agents: the same seed, the same ones', wholeNumber(0), 1)
  .action(async (options) => (await import('./commands/demo.ts')).demo({ ...program.opts(), ...options }));

program
  .command('run <list>')
  .description('dial a CSV file (columns phone, name, timezone, language, anything else) through a carrier')
  .requiredOption('--trunk <uri>', 'the gateway of the carrier, sip:HOST[:PORT]')
  .option('--prompt <wav>', 'what is played on answer: PCM 16 bit or G.711, 8 or 16 kHz')
  .option('--team <file>', 'who talks, instead of a prompt: config/example/team.yaml is such a file')
  .option('--console', "open the operators' console meanwhile, until exit, which stops dialing and lets live calls end")
  .option('--gather <digits>', 'how many digits to wait for (default: 0)', wholeNumber(0))
  .option('--max-calls <n>', 'calls at once (default: 20, with --team 3 for each agent)', wholeNumber(1))
  .option('--rate <n>', 'new calls a second (default: 5, with --team 1 for two agents)', positiveNumber)
  .option('--ring-timeout <seconds>', 'how long it may ring (default: 30)', positiveNumber)
  .option('--retry <rules>', 'what is called again, such as busy:5m,no-answer:2h:3 (at most 3 times)')
  .option('--attempts <n>', 'attempts for one lead in all (default: 1, with --retry 5)', wholeNumber(1, 100))
  .option('--attempts-per-day <n>', 'attempts for one lead within 24 hours', wholeNumber(1, 100))
  .option('--where <filter>', 'which leads, such as "language=es,en segment=gold"')
  .option('--order <order>', 'among leads of one priority: list, or newest (its last rows first)')
  .option('--report <file>', 'write a line of JSON for each attempt')
  .option(
    '--credentials <file>',
    'username and password of the trunk, a line each; else CALLBOARD_TRUNK_USERNAME and _PASSWORD',
  )
  .option('--caller-id <number>', 'the number shown, E.164 with plus')
  .option('--law <profile>', 'the rules to call under, such as us-ftc (docs/law.md); practice for the practice carrier')
  .option('--campaign <id>', 'name of the campaign; by default made from the path of the list')
  .action(async (list, options) => (await import('./commands/run.ts')).run(list, { ...program.opts(), ...options }));

program
  .command('import <list>')
  .description('read a CSV file into the list of a campaign, before it is dialed; cut short, it goes on where it was')
  .option('--campaign <id>', 'the campaign; by default made from the path of the list, as run does')
  .option('--report <file>', 'write a line for each row that cannot be dialed, and why')
  .action(async (list, options) =>
    (await import('./commands/import.ts')).importCommand(list, { ...program.opts(), ...options }),
  );

program
  .command('node')
  .description('one node of a cluster, until SIGTERM or Ctrl-C: then it hands over, and its live calls end')
  .action(async () => (await import('./commands/node.ts')).runNode(program.opts()));

program
  .command('cluster')
  .description('several nodes on this machine with all that they need, and the example campaign over them')
  .option('--nodes <n>', 'how many', wholeNumber(1, 20), 3)
  .option('--once', 'exit when the campaign is over, with 0 when every lead has an outcome')
  .option('--seed <n>', 'seed of the practice carrier: the same seed, the same people', wholeNumber(0), 1)
  .action(async (options) => (await import('./commands/cluster.ts')).cluster({ ...program.opts(), ...options }));

program
  .command('dial [list]')
  .description('a campaign on a running cluster: a list that its nodes can read at the same path; none: the example')
  .option('--trunk <id>', 'a trunk of the configuration', 'practice')
  .option('--campaign <id>', 'name of the campaign; by default made from the path of the list')
  .option('--prompt <wav>', 'what is played on answer, where there is a list; the nodes read it too')
  .option('--team <file>', 'who talks, instead of a prompt; the nodes read what it plays')
  .option('--gather <digits>', 'how many digits to wait for (default: 0)', wholeNumber(0))
  .option('--max-calls <n>', 'calls at once (default: 20, with --team 3 for each agent)', wholeNumber(1))
  .option('--rate <n>', 'new calls a second (default: 5, with --team 1 for two agents)', positiveNumber)
  .option('--ring-timeout <seconds>', 'how long it may ring (default: 30)', positiveNumber)
  .option('--law <profile>', 'the rules to call under, where there is a list (docs/law.md)')
  .option('--retry <rules>', 'what is called again, such as busy:5m,no-answer:2h:3 (at most 3 times)')
  .option('--attempts <n>', 'attempts for one lead in all (default: 1, with --retry 5)', wholeNumber(1, 100))
  .option('--attempts-per-day <n>', 'attempts for one lead within 24 hours', wholeNumber(1, 100))
  .option('--where <filter>', 'which leads, such as "language=es,en segment=gold"')
  .option('--order <order>', 'among leads of one priority: list, or newest (its last rows first)')
  .action(async (list, options) => (await import('./commands/dial.ts')).dial(list, { ...program.opts(), ...options }));

program
  .command('replay <ref>')
  .description("print an actor's history and state, rebuilt from the journal alone; ref is kind/id")
  .option('--at <time>', 'as it was then, such as 2026-11-22T20:15:00Z')
  .option('--json', 'one JSON document')
  .action(async (ref, options) =>
    (await import('./commands/replay.ts')).replayActor(ref, { ...program.opts(), ...options }),
  );

program
  .command('verify')
  .description("walk every stream's hash chain and name the first broken link")
  .action(async () => (await import('./commands/verify.ts')).verify(program.opts()));

program
  .command('audit <campaign>')
  .description('prove from the journal that a campaign kept its law, or name the events that broke it (docs/law.md)')
  .option('--json', 'one JSON document')
  .action(async (campaign, options) =>
    (await import('./commands/audit.ts')).auditCampaign(campaign, { ...program.opts(), ...options }),
  );

program
  .command('dnc <action> [file]')
  .description('add numbers to a list of those who are not called, or remove them from it (docs/law.md)')
  .addHelpText('after', numbersHelp)
  .option('--list <name>', 'name of the list', 'global')
  .option('--campaign <id>', 'for this campaign alone; by default for all')
  .action(async (action, file, options) =>
    (await import('./commands/contacts.ts')).changeList(action, file, { ...program.opts(), ...options }),
  );

program
  .command('consent <action> [file]')
  .description('grant or revoke that the people with these numbers have agreed to be called (docs/law.md)')
  .addHelpText('after', numbersHelp)
  .option('--evidence <where>', 'where it can be looked up, such as form-2026-11; never a name or a number')
  .option('--campaign <id>', 'to this campaign alone; by default to all')
  .action(async (action, file, options) =>
    (await import('./commands/contacts.ts')).changeConsent(action, file, { ...program.opts(), ...options }),
  );

program
  .command('rebuild <model>')
  .description('empty a read model (calls, campaigns, trunks, contacts, agents, or all) and fill it from the journal')
  .action(async (model) => (await import('./commands/rebuild.ts')).rebuildModels(model, program.opts()));

program
  .command('repl')
  .description("open the operators' console on the data folder, or on a running cluster")
  .option(
    '--nats <url>',
    'the bus of the cluster, nats://HOST:PORT or tls://HOST:PORT; else as the configuration has it',
  )
  .option('--cluster <name>', 'its name on the bus')
  .action(async (options) => (await import('./commands/repl.ts')).repl({ ...program.opts(), ...options }));

program
  .command('simulate [scenario]')
  .description(
    'what each pacing policy makes of a simulated day; config/scenarios/ has examples, docs/scenarios.md every key',
  )
  .option('--policy <names>', 'names with commas between them, such as progressive,power-2.5', 'all')
  .option('--seeds <n>', 'so many days, each another one of the same kind', wholeNumber(1, 1000), 1)
  .option('--report <file>', 'write a page with plots')
  .option('--json', 'one JSON document')
  .option('--from-journal <campaign>', 'a day like the last one of this campaign, instead of a scenario')
  .option('--date <day>', 'with --from-journal: another day of the campaign, by UTC, such as 2026-11-22')
  .option('--agents <n>', 'with --from-journal: so many agents all the time, whoever was there', wholeNumber(1, 5000))
  .action(async (scenario, options) =>
    (await import('./commands/simulate.ts')).simulate(scenario, { ...program.opts(), ...options }),
  );

program
  .command('health [page]')
  .description('ask the node of this machine how it is: livez (is it alive?) or readyz (can it work?)')
  .action(async (page = 'livez') => (await import('./commands/health.ts')).health(page, program.opts()));

program
  .command('practice-carrier')
  .description('a far side to call, by itself until it is told to end: see practice/README.md')
  .option('--address <address>', 'an address of this machine, or its name, that the callers can see', '127.0.0.1')
  .option('--port <n>', '0: any free one', wholeNumber(0, 65_535), 5070)
  .option('--seed <n>', 'the same seed, the same people', wholeNumber(0, 2 ** 32 - 1), 1)
  .option('--time-scale <x>', 'every wait of theirs is multiplied by it', positiveNumber, 1)
  .action(async (options) => (await import('./commands/practice-carrier.ts')).practiceCarrier(options));

try {
  await program.parseAsync();
} catch (error) {
  // What a person can mend is one sentence; anything else is a bug, and its stack is what we need to see.
  const coded = codeOf(error) !== undefined || /^[A-Z]+(_[A-Z]+)+$/.test(String((error as { code?: unknown }).code));
  console.error(coded ? `${(error as Error).message} [${(error as { code: string }).code}]` : error);
  process.exitCode = 1;
  // Whatever was left open must not keep a process that has failed.
  setTimeout(() => process.exit(), lastMs).unref();
}

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
    throw new InvalidArgumentError(`Give a whole number, ${range}.`);
  };
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

function pacingMode(text: string): string {
  const modes = ['preview', 'progressive', 'power', 'adaptive', 'predictive'];
  if (modes.includes(text)) return text;
  throw new InvalidArgumentError(`Give one of ${modes.join(', ')}.`);
}
