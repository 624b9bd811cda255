// Generated from proto/node.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';

export type NodeCommand =
  | ({ readonly type: 'ReportStart' } & ReportStart)
  | ({ readonly type: 'ReportLeave' } & ReportLeave)
  | ({ readonly type: 'DrainNode' } & DrainNode)
  | ({ readonly type: 'UndrainNode' } & UndrainNode)
  | ({ readonly type: 'ReportDrained' } & ReportDrained)
  | ({ readonly type: 'ReportUndrained' } & ReportUndrained)
  | ({ readonly type: 'ReportRefusal' } & ReportRefusal)
  | ({ readonly type: 'DescribeNode' } & DescribeNode)
  | ({ readonly type: 'ForgetNode' } & ForgetNode)
  | ({ readonly type: 'ReportGone' } & ReportGone)
  | ({ readonly type: 'ReportThere' } & ReportThere);

/** The node is up. The same life is recorded once. */
export interface ReportStart {
  /** Name of the node in the commits that it writes: new at each start of its process. */
  readonly life: string;
  readonly roles: readonly string[];
  /** Version of Callboard. */
  readonly version: string;
  /** Its share of the actors, against that of the others. */
  readonly weight: number;
}

/** The node leaves in good manner: its live calls may still have to end. */
export interface ReportLeave {
  readonly life: string;
}

/** No more actors on this node; those that are there go elsewhere, live calls as soon as they have ended. */
export interface DrainNode {
  readonly by: string;
  readonly reason: string;
}

/** Actors are placed on this node again. */
export interface UndrainNode {
  readonly by: string;
}

/** The node died and will not come back under this name: operators need not see it any more. */
export interface ForgetNode {
  readonly by: string;
}

/** The node that is to be forgotten is not on the bus. */
export interface ReportGone {
  /** Which look for it it was, as the request was numbered. */
  readonly look: number;
}

/** The node that is to be forgotten is on the bus. */
export interface ReportThere {
  readonly look: number;
}

/** The node has no actor left. */
export interface ReportDrained {
  /** Which order it was, as the request for it was numbered. */
  readonly order: number;
}

/** The node takes actors again. */
export interface ReportUndrained {
  readonly order: number;
}

/** The node cannot do what it was told. */
export interface ReportRefusal {
  readonly order: number;
  /** Why, for a person. */
  readonly reason: string;
}

/** Asks how the node stands. Journals nothing. */
export interface DescribeNode {}

export type NodeEvent =
  | ({ readonly type: 'NodeStarted' } & NodeStarted)
  | ({ readonly type: 'NodeLeft' } & NodeLeft)
  | ({ readonly type: 'DrainRequested' } & DrainRequested)
  | ({ readonly type: 'UndrainRequested' } & UndrainRequested)
  | ({ readonly type: 'NodeDrained' } & NodeDrained)
  | ({ readonly type: 'NodeUndrained' } & NodeUndrained)
  | ({ readonly type: 'DrainRefused' } & DrainRefused)
  | ({ readonly type: 'UndrainRefused' } & UndrainRefused)
  | ({ readonly type: 'ForgetRequested' } & ForgetRequested)
  | ({ readonly type: 'NodeForgotten' } & NodeForgotten)
  | ({ readonly type: 'ForgetRefused' } & ForgetRefused);

/** A new life: whatever the node was told in an earlier one is over. */
export interface NodeStarted {
  readonly life: string;
  readonly roles: readonly string[];
  readonly version: string;
  readonly weight: number;
  readonly atMs: number;
}

export interface NodeLeft {
  readonly atMs: number;
}

export interface DrainRequested {
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface UndrainRequested {
  readonly by: string;
  readonly atMs: number;
}

export interface NodeDrained {
  readonly atMs: number;
}

export interface NodeUndrained {
  readonly atMs: number;
}

/** The node goes on as it was. */
export interface DrainRefused {
  readonly reason: string;
  readonly atMs: number;
}

/** The node takes no actors: it leaves. */
export interface UndrainRefused {
  readonly reason: string;
  readonly atMs: number;
}

export interface ForgetRequested {
  readonly by: string;
  readonly atMs: number;
}

/** Known again when it starts again. */
export interface NodeForgotten {
  readonly atMs: number;
}

/** The node lives. */
export interface ForgetRefused {
  readonly reason: string;
  readonly atMs: number;
}

export type NodeReply =
  | ({ readonly type: 'NodeDescribed' } & NodeDescribed);

export interface NodeDescribed {
  /** unknown, up, draining, drained, undraining, left or forgotten. */
  readonly phase: string;
  readonly life: string;
  readonly roles: readonly string[];
  readonly version: string;
  /** When this life began. */
  readonly startedAtMs: number;
  /** Number of the last order to drain or to take actors again; 0: there was none. */
  readonly order: number;
  /** Who gave it, and why. */
  readonly by: string;
  readonly reason: string;
  /** Why the last order was refused, or why the node was not forgotten; empty where neither is so. */
  readonly refusal: string;
  /** Somebody wants it forgotten, and it is being looked for. */
  readonly forgetting: boolean;
}

export const nodeCommand: Codec<NodeCommand> = codec('callboard.node.v1.NodeCommand');

export const nodeEvent: Codec<NodeEvent> = codec('callboard.node.v1.NodeEvent');

export const nodeReply: Codec<NodeReply> = codec('callboard.node.v1.NodeReply');

/** What can be said to a node actor, and what it can say. */
export const nodeProtocol: Protocol<NodeCommand, NodeEvent, NodeReply> = {
  kind: 'node',
  command: nodeCommand,
  event: nodeEvent,
  reply: nodeReply,
};
