/** What the services have in common: a server of somebody else's that `npm run services` starts on this machine. */

/** The one who owns a server's process and its files. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A server's process, before it is started. */
export interface Launch {
  /** Path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  /** What ends it cleanly without waiting for those who use it. */
  readonly stopSignal: NodeJS.Signals;
  /** Somebody else than we. */
  readonly owner?: Owner;
}

/** What preparing a server may need. */
export interface Preparing {
  /** Folder of this server alone; it is there. */
  readonly folder: string;
  readonly port: number;
  /** Tells the person who waits. */
  readonly say: (sentence: string) => void;
  /** Aborted when that person waits no longer. */
  readonly signal: AbortSignal;
}

export interface ServiceKind {
  /** Also the name of its folder. */
  readonly name: string;
  urlOf(port: number): string;
  /**
   * Makes what the server needs before it can start.
   * @throws SERVICE_UNAVAILABLE where a program is missing or fails.
   */
  prepare(preparing: Preparing): Promise<Launch>;
  /** What is still to be done with a server that answers; does no harm where it was done before. */
  settle?(port: number, signal: AbortSignal): Promise<void>;
  /** Resolves when the server answers, rejects when it does not, and takes a few seconds at most. */
  ask(port: number): Promise<void>;
}

/** A service that was started and may be running. */
export interface Service {
  readonly name: string;
  readonly pid: number;
  /** Program and arguments: by them we know that the process is still ours. */
  readonly command: readonly string[];
  readonly stopSignal: NodeJS.Signals;
  readonly port: number;
  readonly url: string;
  /** Path of what it writes. */
  readonly log: string;
}
