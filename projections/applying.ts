/** Entries of the journal into documents, each commit once. */
import type { Journal, StoredEntry } from '#ports/journal.ts';
import type { ModelDocument, ModelStore } from '#ports/model-store.ts';
import type { Tagged } from '#proto/codec.ts';
import { commit } from '#proto/generated/envelope.ts';
import type { AnyProjection } from './projection.ts';

/** A projection threw, or bytes in the journal cannot be read: trying again cannot help. */
export class ProjectionBroken extends Error {
  override readonly name = 'ProjectionBroken';
  /** Where, as kind/id@version. */
  readonly at: string;

  constructor(at: string, cause: unknown) {
    super(`The events at ${at} cannot be applied.`, { cause });
    this.at = at;
  }
}

type Body = Readonly<Record<string, unknown>>;

/** What an entry does to one document. */
interface Touch {
  readonly id: string;
  readonly entry: StoredEntry;
  /** Absent where the entry is of the document's own stream. */
  readonly mention?: (body: Body | undefined) => Body;
}

const triesAtMost = 20;
const pageEntries = 500;

/**
 * Applies entries in their order and writes the documents; gives how many of the entries concern the model. A document
 * remembers the version that it has seen, so that entries that come again change nothing; where it has missed some,
 * they are read from the journal first.
 * @throws ProjectionBroken, and what the store and the journal throw.
 */
export async function applyEntries(
  projection: AnyProjection,
  store: ModelStore,
  journal: Pick<Journal, 'read'>,
  entries: readonly StoredEntry[],
): Promise<number> {
  const touches = entries.flatMap((entry) => touchesOf(projection, entry));
  if (touches.length === 0) return 0;
  const ids = [...new Set(touches.map(({ id }) => id))];
  for (let tries = 1; tries <= triesAtMost; tries += 1) {
    const before = new Map((await store.load(ids)).map((document) => [document._id, document]));
    const after = new Map(before);
    for (const touch of touches) {
      const document = await touched(projection, journal, after.get(touch.id), touch);
      if (document) after.set(touch.id, document);
    }
    const changed = [...after].filter(([id, document]) => document !== before.get(id));
    const written = changed.map(([id, document]) => ({ ...document, revision: (before.get(id)?.revision ?? 0) + 1 }));
    if (await store.save(written)) return touches.length;
  }
  throw new Error(`Somebody else writes the same documents of ${projection.name} all the time.`);
}

function touchesOf(projection: AnyProjection, entry: StoredEntry): readonly Touch[] {
  const { kind, mentions } = projection;
  const [kindOf, id = ''] = entry.stream.split('/', 2);
  if (kindOf === kind) return [{ id, entry }];
  if (!mentions || kindOf !== mentions.kind) return [];
  return understood(entry, () =>
    eventsOf(projection, mentions, entry).flatMap((event) => {
      const mention = mentions.mentionOf(event);
      return mention ? [{ id: mention.id, entry, mention: mention.apply }] : [];
    }),
  );
}

/** The document after a touch; the same one where nothing changes. */
async function touched(
  projection: AnyProjection,
  journal: Pick<Journal, 'read'>,
  before: ModelDocument | undefined,
  { id, entry, mention }: Touch,
): Promise<ModelDocument | undefined> {
  if (mention) {
    const body = before && bodyOf(before);
    const after = understood(entry, () => mention(body));
    return after === body ? before : { ...after, _id: id, version: before?.version ?? 0, revision: 0 };
  }
  let document = before;
  for (let seen = document?.version ?? 0; seen < entry.version - 1; seen = document?.version ?? 0) {
    const missed = await journal.read(entry.stream, seen, Math.min(pageEntries, entry.version - 1 - seen));
    if (missed.length === 0) throw new ProjectionBroken(`${entry.stream}@${seen + 1}`, 'It is not in the journal.');
    for (const each of missed) document = advanced(projection, document, id, each);
  }
  return entry.version > (document?.version ?? 0) ? advanced(projection, document, id, entry) : document;
}

function advanced(
  projection: AnyProjection,
  before: ModelDocument | undefined,
  id: string,
  entry: StoredEntry,
): ModelDocument {
  const { stream, version, atMs } = entry;
  return understood(entry, () => {
    const body = eventsOf(projection, projection, entry).reduce<Body | undefined>(
      (document, event) => projection.apply(document, event, { stream, id, version, atMs }),
      before && bodyOf(before),
    );
    return { ...body, _id: id, version, revision: 0 };
  });
}

function eventsOf(
  { decode }: AnyProjection,
  { kind, event }: Pick<AnyProjection, 'kind' | 'event'>,
  entry: StoredEntry,
): readonly Tagged[] {
  const { events } = commit.decode(entry.bytes);
  return decode ? decode(kind, events) : events.map((bytes) => event.decode(bytes));
}

/** Nothing where the events so far say nothing any more. */
function bodyOf({ _id: _, version: __, revision: ___, ...body }: ModelDocument): Body | undefined {
  return Object.keys(body).length > 0 ? body : undefined;
}

function understood<T>({ stream, version }: StoredEntry, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ProjectionBroken(`${stream}@${version}`, cause);
  }
}
