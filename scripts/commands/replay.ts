/** `callboard replay kind/id`: what happened to an actor, and its state, from the journal alone. */
import { FatalError } from '#ports/errors.ts';
import { type History, replay } from '#runtime/history.ts';
import { kinds } from '#scripts/kinds.ts';
import { withJournal } from '#scripts/read-journal.ts';
import type { CommonOptions } from './options.ts';

export interface ReplayOptions extends CommonOptions {
  readonly at?: string;
  readonly json?: boolean;
}

/** Prints the history; fails with one sentence where there is none. */
export async function replayActor(ref: string, options: ReplayOptions): Promise<void> {
  const [kind = '', id = ''] = ref.split('/', 2);
  const chronicle = kinds.find(({ protocol }) => protocol.kind === kind);
  if (!chronicle || !id) {
    const known = kinds.map(({ protocol }) => protocol.kind).join(', ');
    throw new FatalError('ACTOR_KIND_UNKNOWN', `${ref} names no actor: write kind/id, the kinds are ${known}.`);
  }
  const atMs = options.at === undefined ? undefined : timeOf(options.at);
  const history = await withJournal(options, (journal) =>
    replay(chronicle, journal, id, atMs === undefined ? {} : { atMs }),
  );
  print(ref, history, options);
}

function print(ref: string, { commits, state, version }: History, { at, json }: ReplayOptions): void {
  if (commits.length === 0) {
    const when = at === undefined ? '' : ` before ${at}`;
    throw new FatalError(
      'ACTOR_UNKNOWN',
      `The journal has nothing of ${ref}${when}: check the name and the time; the console's actor command completes names.`,
    );
  }
  if (json) {
    console.log(JSON.stringify({ ref, version, state, commits }, null, 2));
    return;
  }
  for (const commit of commits) {
    for (const { type, ...fields } of commit.events) {
      console.log(`${commit.version}  ${new Date(commit.atMs).toISOString()}  ${type}  ${JSON.stringify(fields)}`);
    }
  }
  console.log(`\n${ref} at version ${version}:\n${JSON.stringify(state, null, 2)}`);
}

function timeOf(text: string): number {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) {
    throw new FatalError('CONFIG_INVALID', `--at ${text} is no time: write it as 2026-11-22T20:15:00Z.`);
  }
  return atMs;
}
