/**
 * `node test/upgrade/record.ts NAME [STORY…]`: writes test/fixtures/journals/NAME.json, the commits that today's version
 * makes of a story for each kind of actor, or of those that are named by their kind or as KIND/ID, and the states it comes
 * to. Run it once for each version that goes out, and never change what it wrote: later versions must read it as this one
 * did. A kind that came after the recording gets one of its own, NAME-KIND; so do the stories of agent-stories.ts, which
 * are `agents` here.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { agentActor } from '#actors/agent/agent.actor.ts';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { nodeActor } from '#actors/node/node.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import type { Tagged } from '#proto/codec.ts';
import { type AnyActorDefinition, defineActor } from '#runtime/actor.ts';
import { accept } from '#runtime/decision.ts';
import { createRuntime } from '#runtime/runtime.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData, MemoryJournal } from '#test/fakes/memory-journal.ts';
import { agentStories } from './agent-stories.ts';
import { stories } from './stories.ts';
import type { Story } from './story.ts';

const [name, ...only] = process.argv.slice(2);
if (!name) throw new Error('Name the version whose journal is recorded.');

const isMeant = ({ protocol: { kind }, id }: Story): boolean => only.includes(kind) || only.includes(`${kind}/${id}`);
const told = [
  ...stories.filter((story) => only.length === 0 || isMeant(story)),
  ...agentStories.filter((story) => only.length === 0 || only.includes('agents') || isMeant(story)),
];
if (told.length === 0) throw new Error(`There is no story of a ${only.join(' or a ')}.`);

/** What the actors' executors reach for never answers: what comes of it is in the stories. */
const never = (): Promise<never> => new Promise(() => undefined);
const telephony = { dial: never, hangUp: never, ping: never, transfer: never };
const play = { play: never, stopPlaying: never, hold: never, retrieve: never };
const media = {
  open: never,
  connect: never,
  close: never,
  mute: never,
  monitor: never,
  bridge: never,
  unbridge: never,
};
const gate = { admits: () => false, admit: never, closed: new AbortController().signal };

/** Whoever is of another kind takes what it is told and says nothing: what it would say is in the stories. */
function silent({ protocol }: AnyActorDefinition): AnyActorDefinition {
  return defineActor({
    ...{ protocol, initial: () => ({}), evolve: (state: object) => state, decide: () => accept<Tagged>() },
    ...{ react: () => [], resume: () => [], isWakeful: () => false, executors: {} },
    supervision: { strategy: 'restart', intensity: 1, periodMs: 1000, backoff: { minMs: 1, maxMs: 1 } },
    snapshots: { everyCommits: 1000, schema: 1 },
    passivateAfterMs: 60_000,
    mailboxLimit: 1000,
  });
}

/** The commits of one kind. */
async function record(kind: string) {
  const clock = new ManualClock();
  const data = new JournalData();
  const agents = { telephony, media: { ...media, ...play }, nodeId: 'recorder' };
  const actors = [
    campaignActor({
      leads: { claim: never, settle: never, schedule: never, nextDue: never },
      lists: { load: never },
      clock,
    }),
    callActor({
      telephony,
      media: { ...media, ...play },
      vault: { read: never },
      dataFolder: '',
      clock,
      hasTrunk: () => true,
      showsNumber: () => true,
      gate,
      agents,
    }),
    agentActor(agents),
    trunkActor({ telephony, clock }),
    contactActor(),
    nodeActor({ tellNode: never, isThere: (nodeId) => nodeId === 'left' }),
  ];
  const runtime = createRuntime({
    broker: new ServiceBroker({ nodeID: 'recorder', logger: false }),
    journal: new MemoryJournal(data),
    clock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    actors: actors.map((actor) => (actor.protocol.kind === kind ? actor : silent(actor))),
    protocols: [],
  });
  await runtime.start();
  const mine = told.filter(({ protocol }) => protocol.kind === kind);
  for (const { protocol, id, commands } of mine) {
    for (const command of commands) {
      await clock.advance(10);
      const answer = await runtime.ask(protocol, id, command);
      if (!answer.ok) process.stderr.write(`${kind}/${id} refuses ${command.type}: ${answer.rejection.message}\n`);
    }
  }
  return Promise.all(
    mine.map(async ({ protocol, id }) => {
      const { state, version } = await runtime.inspect(protocol.kind, id);
      const commits = (data.streams.get(`${protocol.kind}/${id}`) ?? []).map(({ bytes }) =>
        Buffer.from(bytes).toString('base64'),
      );
      return { kind: protocol.kind, id, version, state, commits };
    }),
  );
}

const streams = [];
for (const kind of new Set(told.map(({ protocol }) => protocol.kind))) streams.push(...(await record(kind)));
const path = join(import.meta.dirname, '..', 'fixtures', 'journals', `${name}.json`);
writeFileSync(path, `${JSON.stringify({ streams }, null, 1)}\n`, { flag: 'wx' });
process.exit(0);
