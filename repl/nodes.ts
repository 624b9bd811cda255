/** nodes, drain, undrain. */
import { type NodeCommand, type NodeDescribed, nodeProtocol } from '#proto/generated/node.ts';
import type { NodeLoad } from '#runtime/operations/operations.ts';
import {
  completeNode,
  completeNothing,
  type Desk,
  idsOf,
  inTheNameOf,
  type OperatorCommand,
  printAnswer,
} from './command.ts';
import { printTable } from './table.ts';

/** How long an order is watched before the console goes on. */
const watchMs = 3000;
const lookMs = 250;

async function describe(desk: Desk, node: string): Promise<NodeDescribed | undefined> {
  const answer = await desk.runtime.ask(nodeProtocol, node, { type: 'DescribeNode' });
  return answer.ok ? answer.reply : undefined;
}

export const nodes: OperatorCommand = {
  usage: 'nodes',
  description: 'List the nodes: roles, load, actors by kind, lag, whether they are drained, and which are not there.',
  complete: completeNothing,
  async run(desk) {
    const asked = await desk.fleet.loads();
    // One that was lost while it was asked is not there any more.
    const stillThere = new Set(desk.fleet.nodes());
    const there = asked.filter(({ node, load }) => load || stillThere.has(node));
    const gone = await missing(desk, new Set(there.map(({ node }) => node)));
    const rows = await Promise.all(there.map(async ({ node, load }) => rowOf(node, load, await describe(desk, node))));
    for (const [node, record] of gone) rows.push(goneRow(desk, node, record, there));
    rows.sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
    const head = ['node', 'roles', 'state', 'up', 'weight', 'version', 'actors', 'mail', 'lag'];
    printTable(desk, head, rows, 'No node is on the bus.');
  },
};

type Loads = Awaited<ReturnType<Desk['fleet']['loads']>>;
type Row = (string | number)[];

function rowOf(node: string, load: NodeLoad | undefined, record: NodeDescribed | undefined): Row {
  // Its heartbeats came until 3 s ago at least: it lives most likely.
  if (!load) return [node, record?.roles.join(', ') ?? '', 'on the bus, no answer yet', '', '', '', '', '', ''];
  const order = record?.by ? `${record.by}${record.reason && `: ${record.reason}`}` : '';
  const actors = Object.entries(load.actors).map(([kind, count]) => `${kind} ${count}`);
  return [
    node,
    load.roles.join(', '),
    [load.hosting === 'hosting' ? 'up' : load.hosting, load.hosting === 'hosting' ? '' : order, clockOf(load)]
      .filter(Boolean)
      .join('\n'),
    durationOf(load.upMs),
    load.weight,
    load.version,
    actors.sort().join('\n'),
    load.mailboxDepth,
    load.lagMs === undefined ? '' : `${load.lagMs} ms`,
  ];
}

/** Only where it is so wrong that a person must set it. */
function clockOf({ clockOffMs = 0 }: NodeLoad): string {
  if (clockOffMs === 0) return '';
  return `clock ${durationOf(Math.abs(clockOffMs))} ${clockOffMs > 0 ? 'ahead' : 'behind'}`;
}

function goneRow(desk: Desk, node: string, record: NodeDescribed, there: Loads): Row {
  return [
    node,
    record.roles.join(', '),
    `not on the bus${sinceWhen(desk, node, there)}`,
    '',
    '',
    record.version,
    '',
    '',
    '',
  ];
}

/** As those say that missed it; where nobody did, it went before the oldest of them came. */
function sinceWhen(desk: Desk, node: string, there: Loads): string {
  const loads = there.flatMap(({ load }) => (load ? [load] : []));
  // A node of an older version does not say.
  const views = [desk.departures.missingMs(), ...loads.map(({ missingMs }) => missingMs)];
  const missedMs = views.flatMap((missingMs) => missingMs?.[node] ?? []);
  if (missedMs.length > 0) return ` for ${durationOf(Math.max(...missedMs))}`;
  return loads.length > 0 ? ` for more than ${durationOf(Math.max(...loads.map(({ upMs }) => upMs)))}` : '';
}

/** The records of nodes that are not there, and neither said that they leave nor were forgotten. */
export async function missing(
  desk: Desk,
  there: ReadonlySet<string>,
): Promise<readonly (readonly [string, NodeDescribed])[]> {
  const known = await idsOf(desk, 'node').catch(() => []);
  const records = await Promise.all(
    known.filter((node) => !there.has(node)).map(async (node) => [node, await describe(desk, node)] as const),
  );
  return records.flatMap(([node, record]) => (record && !isOver.has(record.phase) ? [[node, record]] : []));
}

const isOver: ReadonlySet<string> = new Set(['unknown', 'left', 'forgotten']);

/** The last whole unit is enough for a person. */
function durationOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

function ordering(
  usage: string,
  description: string,
  make: (desk: Desk, reason: string) => NodeCommand,
  says: { readonly done: string; readonly goesOn: string; readonly goingOn: string },
): OperatorCommand {
  return {
    usage,
    description,
    complete: completeNode,
    async run(desk, args) {
      const node = String(args.node);
      const command = make(desk, args.reason === undefined ? '' : String(args.reason));
      const answer = await desk.runtime.ask(nodeProtocol, node, command, inTheNameOf(desk));
      if (!answer.ok) {
        printAnswer(desk, answer, '');
        return;
      }
      if (!desk.fleet.nodes().includes(node)) {
        desk.print(`${node} is not on the bus: it is told when it comes back, unless it has started anew.`);
        return;
      }
      const record = await settled(desk, node, ({ phase }) => phase === says.goingOn);
      if (record?.refusal) desk.print(`${node} goes on as it was: ${record.refusal}`);
      else desk.print(`${node} ${record?.phase === says.goingOn ? says.goesOn : says.done}`);
    },
  };
}

/** The record of the node once what is outstanding is over, or when it has been watched long enough. */
export async function settled(
  desk: Desk,
  node: string,
  isOutstanding: (record: NodeDescribed) => boolean,
): Promise<NodeDescribed | undefined> {
  let record = await describe(desk, node);
  for (let waitedMs = 0; record && isOutstanding(record) && waitedMs < watchMs; waitedMs += lookMs) {
    await new Promise<void>((resolve) => desk.clock.after(lookMs, resolve));
    record = await describe(desk, node);
  }
  return record;
}

export const drain = ordering(
  'drain <node> [reason...]',
  'Place no more actors on a node, and hand over those that it has; live calls stay until they have ended.',
  (desk, reason) => ({ type: 'DrainNode', by: desk.operator, reason }),
  { done: 'is drained.', goesOn: 'is being drained: nodes shows what it still has.', goingOn: 'draining' },
);

export const undrain = ordering(
  'undrain <node>',
  'Place actors on a drained node again.',
  (desk) => ({ type: 'UndrainNode', by: desk.operator }),
  { done: 'takes actors again.', goesOn: 'has not answered yet: it is told until it does.', goingOn: 'undraining' },
);
