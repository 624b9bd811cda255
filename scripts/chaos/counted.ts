/** What the journal says after all faults: what is missing, twice, broken or forgotten. */
import type { TrunkState } from '#actors/trunk/state.ts';
import type { JournalReader } from '#ports/journal.ts';
import { commit as commitCodec } from '#proto/generated/envelope.ts';
import { replay, verifyJournal } from '#runtime/history.ts';
import { pages } from '#runtime/replayed.ts';
import { kinds } from '#scripts/kinds.ts';

export interface CommandsCounted {
  /** Acknowledged, and without an event: as `COMMAND of ACTOR`. */
  readonly missing: readonly string[];
  /** With events in two commits. */
  readonly twice: readonly string[];
}

type Reads = Pick<JournalReader, 'read' | 'streams' | 'strays' | 'loadSnapshot'>;

const atOnce = 6;
const streamsAtOnce = 1000;

/** Looks for each command that was acknowledged in the stream of its actor. */
export async function countCommands(
  journal: Reads,
  acknowledged: ReadonlyMap<string, string>,
): Promise<CommandsCounted> {
  const byActor = Map.groupBy(acknowledged, ([, ref]) => ref);
  const missing: string[] = [];
  const twice: string[] = [];
  await each([...byActor], async ([ref, commands]) => {
    const times = new Map<string, number>();
    for await (const page of pages(journal, ref, 0)) {
      for (const { bytes } of page) {
        const { commandId } = commitCodec.decode(bytes);
        times.set(commandId, (times.get(commandId) ?? 0) + 1);
      }
    }
    missing.push(...commands.filter(([id]) => !times.has(id)).map(([id]) => `${id} of ${ref}`));
    twice.push(...[...times].filter(([, count]) => count > 1).map(([id]) => `${id} of ${ref}`));
  });
  return { missing, twice };
}

export interface ChainsCounted {
  readonly streams: number;
  readonly commits: number;
  /** As `STREAM at version N: WHY`. */
  readonly broken: readonly string[];
}

/** Walks the chain of every stream; one that is broken does not hide another. */
export async function countChains(journal: Reads): Promise<ChainsCounted> {
  const all = await streamsOf(journal);
  const broken: string[] = [];
  let commits = 0;
  await each(all, async (stream) => {
    const verified = await verifyJournal({
      read: (...question) => journal.read(...question),
      loadSnapshot: (name) => journal.loadSnapshot(name),
      streams: async () => [stream],
      strays: async () => [],
    });
    commits += verified.commits;
    if (verified.broken) broken.push(`${stream} at version ${verified.broken.version}: ${verified.broken.why}`);
  });
  const strays = await journal.strays(100);
  broken.push(...strays.map(({ stream, version }) => `${stream} at version ${version}: stream gone`));
  return { streams: all.length, commits, broken };
}

/** Calls that hold a channel of the trunk and are over, or never were. */
export async function countForgottenChannels(
  journal: Reads,
  trunkId: string,
  isLive: (callRef: string) => boolean,
): Promise<readonly string[]> {
  const chronicle = kinds.find(({ protocol }) => protocol.kind === 'trunk');
  if (!chronicle) throw new TypeError('There are no trunks.');
  const { state } = await replay(chronicle, journal, trunkId);
  return Object.keys((state as TrunkState).leases).filter((callId) => !isLive(`call/${callId}`));
}

async function streamsOf(journal: Reads): Promise<readonly string[]> {
  const all: string[] = [];
  for (;;) {
    const after = all.at(-1);
    const page = await journal.streams({ limit: streamsAtOnce, ...(after === undefined ? {} : { after }) });
    all.push(...page);
    if (page.length < streamsAtOnce) return all;
  }
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
