/** actors, actor show|events. */
import Table from 'cli-table3';
import { replay } from '#runtime/history.ts';
import { completeNothing, type Desk, idsOf, type OperatorCommand } from './command.ts';

const most = 1000;

export const actors: OperatorCommand = {
  usage: 'actors',
  description: 'List the actors in memory: kind, id, version, mail that waits.',
  options: [
    {
      option: '--kind <kind>',
      description: 'Only this kind, such as call.',
      values: ({ kinds }) => kinds.map(({ protocol }) => protocol.kind),
    },
  ],
  complete: completeNothing,
  async run(desk, { options }) {
    const table = new Table({ head: ['actor', 'version', 'mail', 'idle'], style: { head: [], border: [] } });
    for (const { kind, id, version, mailboxDepth, idleMs } of desk.runtime.activations()) {
      if (options.kind !== undefined && options.kind !== kind) continue;
      table.push([`${kind}/${id}`, version, mailboxDepth, `${Math.round(idleMs / 1000)} s`]);
    }
    desk.print(table.length > 0 ? table.toString() : 'No actor is in memory.');
  },
};

export const actor: OperatorCommand = {
  usage: 'actor <show|events> <ref>',
  description: 'Show the state of kind/id as it is now, or its events from the journal.',
  async complete(desk, before, last) {
    if (before.length === 0) return ['show', 'events'];
    return before.length === 1 ? refs(desk, last) : [];
  },
  async run(desk, args) {
    const what = String(args['show|events']);
    const [kind = '', id = ''] = String(args.ref).split('/', 2);
    const chronicle = desk.kinds.find(({ protocol }) => protocol.kind === kind);
    if (!chronicle || !id) {
      const kinds = desk.kinds.map(({ protocol }) => protocol.kind).join(', ');
      desk.print(`${String(args.ref)} names no actor: write kind/id, the kinds are ${kinds}.`);
      return;
    }
    if (what === 'show') {
      const { state, version, mailboxDepth, active } = await desk.runtime.inspect(kind, id);
      if (version === 0 && !active) {
        desk.print(`The journal has nothing of ${kind}/${id}.`);
        return;
      }
      desk.print(`${kind}/${id} at version ${version}, ${mailboxDepth} waiting`);
      desk.print(JSON.stringify(state, null, 2));
    } else if (what === 'events') {
      const { commits } = await replay(chronicle, desk.journal, id);
      for (const { version, atMs, events } of commits) {
        for (const { type, ...fields } of events) {
          desk.print(`${version}  ${new Date(atMs).toISOString()}  ${type}  ${JSON.stringify(fields)}`);
        }
      }
      if (commits.length === 0) desk.print(`The journal has nothing of ${kind}/${id}.`);
    } else {
      desk.print(`actor cannot ${what}: it can show and events.`);
    }
  },
};

/** Kinds until one is typed, then its ids: a journal has thousands of calls. */
async function refs(desk: Desk, typed: string): Promise<readonly string[]> {
  const [kind = '', id] = typed.split('/', 2);
  if (id === undefined) return desk.kinds.map(({ protocol }) => `${protocol.kind}/`);
  return (await idsOf(desk.journal, kind, most, id)).map((each) => `${kind}/${each}`);
}
