/** What the node's thread and a media thread say to each other. */
import type { MessagePort } from 'node:worker_threads';
import type { Logger } from '#ports/logger.ts';
import type { LegOptions, MediaEvent, MediaReport, RtpEndpoint } from '#ports/media.ts';
import type { Prompt } from './prompts.ts';

/** Handed over when a media thread starts. */
export interface ThreadSettings {
  /** IP address of the sockets. */
  readonly bindAddress: string;
  /** The minimum interval of RTCP (RFC 3550, 6.2), ms. */
  readonly rtcpIntervalMs: number;
}

/** What a media thread can be asked, and what it answers. Every operation but `open` knows only open legs. */
export interface Operations {
  /** Whether the pair of ports could be bound; else the code of the system's error. */
  open: { args: { legId: string; port: number; options: LegOptions }; reply: 'bound' | { readonly code: string } };
  connect: { args: { legId: string; remote: RtpEndpoint }; reply: undefined };
  play: { args: { legId: string; playId: string; prompt: Prompt }; reply: undefined };
  stop: { args: { legId: string }; reply: undefined };
  /** Answered when the keys are out or the leg has ended; false at once when the far side takes none. */
  press: { args: { legId: string; events: readonly number[] }; reply: boolean };
  /** The leg hears these from now on, and no other; they may be in other threads. */
  hear: { args: { legId: string; sources: readonly string[] }; reply: undefined };
  /** What the leg says goes to these other threads too, and to no other. */
  tap: { args: { legId: string; threads: readonly number[] }; reply: undefined };
  /** The way to another thread. */
  join: { args: { thread: number; port: MessagePort }; reply: undefined };
  /** The music of one who is held; none where it is absent. */
  loop: { args: { legId: string; music?: Prompt }; reply: undefined };
  close: { args: { legId: string }; reply: MediaReport | undefined };
}

export type Operation = keyof Operations;
export type Args<K extends Operation> = Operations[K]['args'];
export type Reply<K extends Operation> = Operations[K]['reply'];

/** To a media thread. */
export type ToThread = { [K in Operation]: { readonly id: number; readonly op: K; readonly args: Args<K> } }[Operation];

/** From a media thread. */
export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'reply'; readonly id: number; readonly reply: Reply<Operation> }
  | { readonly type: 'event'; readonly legId: string; readonly event: MediaEvent }
  | {
      readonly type: 'log';
      readonly level: keyof Logger;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    };
