/** `callboard dnc` and `callboard consent`: who is not called, and who has agreed. */
import { userInfo } from 'node:os';
import { loadConfig } from '#config/load.ts';
import { FatalError } from '#ports/errors.ts';
import type { ContactCommand } from '#proto/generated/contact.ts';
import { type Marked, markContacts } from '#scripts/law/mark-contacts.ts';
import { readNumbers } from '#scripts/law/numbers.ts';
import { shutGate } from '#scripts/node/dial-gate.ts';
import { startNode } from '#scripts/node/node.ts';
import type { CommonOptions } from './options.ts';

export interface ListOptions extends CommonOptions {
  readonly list: string;
  readonly campaign?: string;
}

export interface ConsentOptions extends CommonOptions {
  readonly evidence?: string;
  readonly campaign?: string;
}

/** Of rows that could not be used so many are named. */
const mostNamed = 20;

/**
 * `add` or `remove`.
 * @throws CONFIG_INVALID, LIST_UNREADABLE, and what keeps a node from starting.
 */
export async function changeList(action: string, file: string | undefined, options: ListOptions): Promise<void> {
  const { list, campaign: campaignId = '' } = options;
  mustBeName('--list', list);
  const about = { list, campaignId, by: userInfo().username };
  const where = `the list ${list}${campaignId ? ` of campaign ${campaignId}` : ''}`;
  if (action === 'add') await change(file, options, { type: 'ForbidCalls', ...about }, `on ${where}`);
  else if (action === 'remove')
    await change(file, options, { type: 'AllowCalls', ...about }, `not on ${where} any more`);
  else throw unknownAction('dnc', action, 'add or remove');
}

/**
 * `grant` or `revoke`.
 * @throws CONFIG_INVALID, LIST_UNREADABLE, and what keeps a node from starting.
 */
export async function changeConsent(action: string, file: string | undefined, options: ConsentOptions): Promise<void> {
  const { evidence, campaign: campaignId = '' } = options;
  const by = userInfo().username;
  const whom = campaignId ? `campaign ${campaignId}` : 'all campaigns';
  if (action === 'grant') {
    if (evidence === undefined) {
      throw new FatalError(
        'CONFIG_INVALID',
        'Consent without evidence proves nothing: say with --evidence where it is.',
      );
    }
    mustBeName('--evidence', evidence);
    await change(file, options, { type: 'GrantConsent', campaignId, by, evidence }, `in agreement with ${whom}`);
  } else if (action === 'revoke') {
    await change(file, options, { type: 'RevokeConsent', campaignId, by }, `in agreement with ${whom} no more`);
  } else throw unknownAction('consent', action, 'grant or revoke');
}

async function change(
  file: string | undefined,
  { data, config: configFile }: CommonOptions,
  command: ContactCommand,
  now: string,
): Promise<void> {
  const config = loadConfig({
    ...(configFile ? { file: configFile } : {}),
    overrides: data ? { dataFolder: data } : {},
  });
  // On a cluster the contacts are elsewhere; here they are ours, and nobody is dialed meanwhile.
  const node = await startNode(config, { gate: shutGate(), ...(config.nats ? { roles: [] } : {}) });
  try {
    const numbers = readNumbers(file, process.stdin, config.defaultRegion);
    print(await markContacts(numbers, command, node), now);
  } finally {
    await node.stop();
  }
}

function print({ told, refused, failed }: Marked, now: string): void {
  console.log(`${told === 1 ? '1 number is' : `${told} numbers are`} ${now}.`);
  for (const { row, reason } of refused.slice(0, mostNamed)) console.log(`Row ${row} was left out: ${reason}.`);
  if (refused.length > mostNamed) console.log(`${refused.length - mostNamed} more rows were left out.`);
  for (const { row, reason } of failed.slice(0, mostNamed)) console.error(`Row ${row} was not taken: ${reason}.`);
  if (failed.length > mostNamed) console.error(`${failed.length - mostNamed} more rows were not taken.`);
  if (failed.length > 0) console.error('Give the same numbers again: what was taken is not taken twice.');
  if (refused.length + failed.length > 0) process.exitCode = 1;
}

/** What goes into the journal for ever is no number by mistake. */
function mustBeName(option: string, value: string): void {
  if (/^[A-Za-z][A-Za-z0-9._-]{0,99}$/.test(value)) return;
  throw new FatalError(
    'CONFIG_INVALID',
    `${option} takes a letter and up to 99 letters, digits, dots, underscores and hyphens: give another name.`,
  );
}

function unknownAction(command: string, action: string, known: string): FatalError {
  return new FatalError('CONFIG_INVALID', `${command} cannot ${action}: say ${known}.`);
}
