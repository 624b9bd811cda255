/** actors, actor show|events, where. */
import { mostListed } from '#runtime/operations/operations.ts';
import { actorNamed, completeActor, completeNothing, type Desk, type OperatorCommand } from './command.ts';
import { printMissing, printTable } from './table.ts';
import { lineOf } from './tailing.ts';

export const actors: OperatorCommand = {
  usage: 'actors',
  description: 'List the actors in memory: where, version, mail that waits.',
  options: [
    { option: '--kind <kind>', description: 'Only this kind, such as call.', values: ({ kinds }) => kinds },
    { option: '--node <node>', description: 'Only those of this node.', values: ({ fleet }) => fleet.nodes() },
  ],
  complete: completeNothing,
  async run(desk, { options }) {
    const { kind, node } = options;
    if (kind !== undefined && !desk.kinds.includes(String(kind))) {
      desk.print(`There are no actors of the kind ${String(kind)}: the kinds are ${desk.kinds.join(', ')}.`);
      return;
    }
    if (node !== undefined && !desk.fleet.nodes().includes(String(node))) {
      desk.print(`There is no node ${String(node)} on the bus: nodes lists them.`);
      return;
    }
    const query = { limit: mostListed, ...(kind === undefined ? {} : { kind: String(kind) }) };
    const found = await desk.fleet.activations(query, node === undefined ? undefined : String(node));
    printTable(
      desk,
      ['actor', 'node', 'version', 'mail', 'idle', ''],
      found.actors.map(({ ref, node, version, mailboxDepth, idleMs, anchored }) => {
        return [ref, node, version, mailboxDepth, `${Math.round(idleMs / 1000)} s`, anchored ? 'anchored' : ''];
      }),
      'No actor is in memory.',
    );
    printMissing(desk, found);
  },
};

export const actor: OperatorCommand = {
  usage: 'actor <show|events> <ref>',
  description: 'Show the state of kind/id as it is now, or its events from the journal.',
  async complete(desk, before, last) {
    if (before.length === 0) return ['show', 'events'];
    return before.length === 1 ? completeActor(desk, last) : [];
  },
  async run(desk, args) {
    const what = String(args['show|events']);
    const ref = actorNamed(desk, args.ref);
    if (!ref) return;
    if (what === 'show') await show(desk, ref);
    else if (what === 'events') await listEvents(desk, ref);
    else desk.print(`actor cannot ${what}: it can show and events.`);
  },
};

export const where: OperatorCommand = {
  usage: 'where <ref>',
  description: 'Tell which node kind/id is placed on, and where it is in memory.',
  complete: (desk, before, last) => (before.length === 0 ? completeActor(desk, last) : completeNothing()),
  async run(desk, args) {
    const ref = actorNamed(desk, args.ref);
    if (!ref) return;
    const name = `${ref.kind}/${ref.id}`;
    const holders = await desk.fleet.holdersOf(ref);
    if (holders.length === 0 && (await isUnknown(desk, ref))) {
      desk.print(`The journal has nothing of ${name}.`);
      return;
    }
    const place = desk.fleet.placeOf(ref);
    desk.print(
      place === undefined ? `${name} has no place: no node hosts ${ref.kind} now.` : `${name} is placed on ${place}.`,
    );
    for (const { node, anchored, version } of holders) {
      const stays = anchored && node !== place ? ' and stays there until it has ended' : '';
      desk.print(`It is in memory on ${node} at version ${version}${anchored ? ', anchored' : ''}${stays}.`);
    }
    if (holders.length === 0) desk.print('It is in no memory.');
  },
};

type Ref = NonNullable<ReturnType<typeof actorNamed>>;

async function show(desk: Desk, ref: Ref): Promise<void> {
  const { state, version, mailboxDepth, active } = await desk.fleet.inspect(ref);
  const name = `${ref.kind}/${ref.id}`;
  if (version === 0 && !active) {
    desk.print(`The journal has nothing of ${name}.`);
    return;
  }
  desk.print(`${name} at version ${version}, ${mailboxDepth} waiting`);
  desk.print(state);
}

async function listEvents(desk: Desk, ref: Ref): Promise<void> {
  let version = 0;
  for (let more = true; more; ) {
    const part = await desk.fleet.events({ ...ref, after: version, limit: mostListed });
    for (const event of part.events) desk.print(lineOf(event));
    ({ version, more } = part);
  }
  if (version === 0) desk.print(`The journal has nothing of ${ref.kind}/${ref.id}.`);
}

async function isUnknown(desk: Desk, ref: Ref): Promise<boolean> {
  return (await desk.fleet.events({ ...ref, after: 0, limit: 1 })).version === 0;
}
