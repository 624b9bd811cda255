/**
 * How nodes find and lose each other on the bus: Moleculer's discovery, with our judgement of who is lost
 * (liveness.ts), and with two nodes of one name told apart before they harm anybody. Give it to the broker as
 * `registry: { discoverer }`, a new one for each.
 */
import { Discoverers, type ServiceBroker } from 'moleculer';
import type { SteadyClock } from '#ports/clock.ts';
import { Liveness, type Patience } from './liveness.ts';
import { PeerClocks } from './peer-clocks.ts';

export interface DiscovererOptions extends Partial<Patience> {
  readonly clock: SteadyClock;
}

/** Local event: others may have held this node for lost. */
export const awayEvent = '$callboard.away';
/** Local event: an older node has this one's name. */
export const nameTakenEvent = '$callboard.name-taken';

/** What of a packet of Moleculer's we look at (its packets.js). */
interface Payload {
  readonly sender?: string;
  readonly instanceID?: string;
  /** How long the sender has been there, ms: in our heartbeats. */
  readonly upMs?: number;
  /** The sender's time of day, milliseconds since 1970: in our heartbeats. */
  readonly atMs?: number;
}

const cleanEveryMs = 60_000;

export class ClusterDiscoverer extends Discoverers.Local {
  readonly #clock: SteadyClock;
  readonly #patience: Patience;
  readonly #clocks: PeerClocks;
  /** When it was born, or came back after it had stood still for so long that the others held it for lost. */
  #presentSinceMs: number;
  #liveness: Liveness | undefined;
  #settledAtMs: number | undefined;
  #nameTaken = false;
  /** The broker had started. */
  #wasUp = false;
  #cancels: (() => void)[] = [];

  constructor({ clock, heartbeatMs = 1000, lostAfterMs = 3000, checkMs = 250 }: DiscovererOptions) {
    super();
    this.#clock = clock;
    this.#clocks = new PeerClocks(clock);
    this.#patience = { heartbeatMs, lostAfterMs, checkMs };
    this.#presentSinceMs = clock.elapsed();
  }

  override init(registry: Parameters<Discoverers.Local['init']>[0]): void {
    super.init(registry);
    const { transit } = this;
    if (!transit) return;
    this.broker.localBus.on('$broker.started', () => {
      this.#wasUp = true;
    });
    const handle = transit.messageHandler.bind(transit);
    transit.messageHandler = (command, packet) =>
      this.#admits(command, (packet.payload ?? {}) as Payload) ? handle(command, packet) : Promise.resolve();
  }

  /** An older node has the name of this one: this one must not speak. */
  get nameTaken(): boolean {
    return this.#nameTaken;
  }

  /** Whether the bus carries nothing of ours. */
  get isDeaf(): boolean {
    return this.#liveness?.isDeaf ?? false;
  }

  /** Nodes that were heard and have not said yet what they are: what they host is not known. */
  get unknown(): readonly string[] {
    return this.#liveness?.names().filter((name) => !this.registry.nodes.get(name)) ?? [];
  }

  /** How far the clock of this machine is ahead of what most nodes agree on, ms; 0 where it is not worth a word. */
  get clockOffMs(): number {
    return this.#clocks.offMs;
  }

  /** With the time of day that most nodes agree on; it is to be the clock that the discoverer was given. */
  commonClock(): SteadyClock {
    const clock = this.#clock;
    return {
      now: () => this.#clocks.now(),
      elapsed: () => clock.elapsed(),
      after: (delayMs, callback) => clock.after(delayMs, callback),
    };
  }

  /** Since when this process has stood still, where nobody has noticed yet. */
  stillSinceMs(nowMs: number): number | undefined {
    return this.#liveness?.stillSinceMs(nowMs);
  }

  /** Resolves when every node that lives was heard since the bus is there; at once where there is no bus. */
  settled(): Promise<void> {
    const waitMs = (this.#settledAtMs ?? 0) - this.#clock.elapsed();
    return waitMs > 0 ? new Promise((resolve) => this.#clock.after(waitMs, resolve)) : Promise.resolve();
  }

  override startHeartbeatTimers(): void {
    this.stopHeartbeatTimers();
    const { heartbeatMs, checkMs } = this.#patience;
    const nowMs = this.#clock.elapsed();
    this.#liveness = new Liveness(this.#patience, nowMs);
    this.#settledAtMs ??= nowMs + heartbeatMs + checkMs;
    void this.beat();
    this.#every(heartbeatMs, () => {
      this.#clocks.compare();
      void this.beat();
    });
    this.#every(checkMs, () => this.checkRemoteNodes());
    this.#every(cleanEveryMs, () => this.checkOfflineNodes());
  }

  override stopHeartbeatTimers(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  override async beat(): Promise<void> {
    await this.sendHeartbeat();
  }

  /** With what tells a node that started again, one whose services have changed, and two of one name. */
  override async sendHeartbeat(): Promise<void> {
    const { transit, broker, localNode } = this;
    if (!transit || this.#nameTaken) return;
    const payload = { instanceID: broker.instanceID, seq: localNode?.seq, upMs: this.#upMs(), atMs: this.#clock.now() };
    await transit
      .publish({ type: 'HEARTBEAT', target: undefined, payload } as unknown as Parameters<typeof transit.publish>[0])
      .catch((error: unknown) => this.logger.warn('heartbeat not sent', error));
  }

  override checkRemoteNodes(): void {
    // Before the check forgets for how long we stood still.
    this.#upMs();
    const verdict = this.#liveness?.check(this.#clock.elapsed());
    for (const node of verdict?.lost ?? []) this.registry.nodes.disconnected(node, true);
    if (verdict?.wasAway) this.broker.localBus.emit(awayEvent);
  }

  override remoteNodeDisconnected(nodeID: string, isUnexpected: boolean): void {
    this.#liveness?.forget(nodeID);
    super.remoteNodeDisconnected(nodeID, isUnexpected);
  }

  /** What is said under a name that is another's would be taken for that other's word. */
  override async sendLocalNodeInfo(nodeID?: string): Promise<void> {
    if (this.#nameTaken) return;
    // A broker that stops says first of all that it has no service left; but calls are still being ended, by actors
    // that the others would hold for lost. What is there is there until the runtime has taken it down.
    if (this.#wasUp && !this.broker.started) this.#registry().regenerateLocalRawInfo(true);
    await super.sendLocalNodeInfo(nodeID);
  }

  override async localNodeDisconnected(): Promise<void> {
    if (!this.#nameTaken) await super.localNodeDisconnected();
  }

  #registry(): { regenerateLocalRawInfo(more: boolean): void } {
    return this.registry as unknown as { regenerateLocalRawInfo(more: boolean): void };
  }

  /** Whether a packet goes on to Moleculer. */
  #admits(command: string, payload: Payload): boolean {
    const { sender, instanceID } = payload;
    const { nodeID, instanceID: ownInstance } = this.broker;
    if (sender !== nodeID) {
      if (sender) this.#heard(sender, command, payload.atMs);
      // Until we know that the name is ours, a request under it may be another's.
      const isWork = command === 'REQ' || command === 'EVENT';
      return !this.#nameTaken && (!isWork || this.#settledAtMs !== undefined);
    }
    if (command === 'DISCOVER') void this.beat();
    if (instanceID === undefined) return true;
    if (instanceID !== ownInstance) {
      this.#namesake(payload);
      return false;
    }
    if (command === 'HEARTBEAT') this.#liveness?.echoed(this.#clock.elapsed());
    return true;
  }

  /** Before anything of the packet is done, so that no command is answered from what others may have written since. */
  #heard(sender: string, command: string, atMs: number | undefined): void {
    // What waited in the socket while this process stood still says what time it was.
    const isFresh = this.#liveness?.stillSinceMs(this.#clock.elapsed()) === undefined;
    if (command === 'HEARTBEAT' && atMs !== undefined && isFresh) this.#clocks.heard(sender, atMs);
    const isKnown = this.#liveness?.knows(sender);
    const wasLost = this.#liveness?.heard(sender, this.#clock.elapsed());
    // A node asks who we are where it does not know us: one that we have known all the time had lost us.
    if (wasLost || (isKnown && command === 'DISCOVER')) this.broker.localBus.emit(awayEvent);
  }

  #upMs(): number {
    const nowMs = this.#clock.elapsed();
    const stillSinceMs = this.#liveness?.stillSinceMs(nowMs) ?? nowMs;
    if (nowMs - stillSinceMs > this.#patience.lostAfterMs) this.#presentSinceMs = nowMs;
    return nowMs - this.#presentSinceMs;
  }

  /**
   * The one that has been there longer keeps the name: a process that was stopped for minutes does not end the one that
   * took its place. One that was cut off for minutes does: it cannot tell that from a bus that was down for all.
   */
  #namesake({ upMs, instanceID = '' }: Payload): void {
    if (this.#nameTaken) return;
    const ownMs = this.#upMs();
    const yields = upMs !== undefined && (upMs > ownMs || (upMs === ownMs && instanceID > this.broker.instanceID));
    if (!yields) {
      void this.beat();
      return;
    }
    this.#nameTaken = true;
    this.broker.localBus.emit(nameTakenEvent);
  }

  #every(ms: number, tick: () => void): void {
    const index = this.#cancels.length;
    const wait = (): void => {
      this.#cancels[index] = this.#clock.after(ms, () => {
        wait();
        tick();
      });
    };
    wait();
  }
}

/** The broker's, where it is ours. */
export function discovererOf(broker: Pick<ServiceBroker, 'registry'>): ClusterDiscoverer | undefined {
  const { discoverer } = broker.registry as { discoverer?: unknown };
  return discoverer instanceof ClusterDiscoverer ? discoverer : undefined;
}
