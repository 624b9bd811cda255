/**
 * `node test/upgrade/record.ts NAME [KIND…]`: writes test/fixtures/journals/NAME.json, the commits that today's version
 * makes of a story for each kind of actor, or for those that are named, and the states it comes to. Run it once for each
 * version that goes out, and never change what it wrote: later versions must read it as this one did. A kind that came
 * after the recording gets one of its own, NAME-KIND.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { nodeActor } from '#actors/node/node.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import { createRuntime } from '#runtime/runtime.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData, MemoryJournal } from '#test/fakes/memory-journal.ts';
import { stories } from './stories.ts';

const [name, ...only] = process.argv.slice(2);
if (!name) throw new Error('Name the version whose journal is recorded.');

const told = stories.filter(({ protocol }) => only.length === 0 || only.includes(protocol.kind));
if (told.length === 0) throw new Error(`There is no story of a ${only.join(' or a ')}.`);

const clock = new ManualClock();
const data = new JournalData();
/** What the actors' executors reach for never answers: what comes of it is in the stories. */
const never = (): Promise<never> => new Promise(() => undefined);
const telephony = { dial: never, hangUp: never, ping: never };
const media = { open: never, connect: never, play: never, stopPlaying: never, close: never };
const gate = { admits: () => false, admit: never, closed: new AbortController().signal };
const broker = new ServiceBroker({ nodeID: 'recorder', logger: false });
const runtime = createRuntime({
  broker,
  journal: new MemoryJournal(data),
  clock,
  logger: { debug() {}, info() {}, warn() {}, error() {} },
  actors: [
    campaignActor({
      leads: { claim: never, settle: never, schedule: never, nextDue: never },
      lists: { load: never },
      clock,
    }),
    callActor({
      telephony,
      media,
      vault: { read: never },
      dataFolder: '',
      clock,
      hasTrunk: () => true,
      showsNumber: () => true,
      gate,
    }),
    trunkActor({ telephony, clock }),
    contactActor(),
    nodeActor({ tellNode: never, isThere: (nodeId) => nodeId === 'left' }),
  ],
  protocols: [],
});
await runtime.start();
for (const { protocol, id, commands } of told) {
  for (const command of commands) {
    await clock.advance(10);
    await runtime.ask(protocol, id, command);
  }
}
const streams = await Promise.all(
  told.map(async ({ protocol, id }) => {
    const { state, version } = await runtime.inspect(protocol.kind, id);
    const commits = (data.streams.get(`${protocol.kind}/${id}`) ?? []).map(({ bytes }) =>
      Buffer.from(bytes).toString('base64'),
    );
    return { kind: protocol.kind, id, version, state, commits };
  }),
);
const path = join(import.meta.dirname, '..', 'fixtures', 'journals', `${name}.json`);
writeFileSync(path, `${JSON.stringify({ streams }, null, 1)}\n`, { flag: 'wx' });
process.exit(0);
