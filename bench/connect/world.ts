/** The far side of the bench `connect`: people behind a trunk and the phones of agents, all of whom hum a tone. */
import type { Invitation } from '#adapters/sip/invitation.ts';
import { createSipServer } from '#adapters/sip/sip-server.ts';
import { RtpProbe } from '#test/rtp/rtp-probe.ts';
import { silentLog } from '#test/sip/call-probe.ts';

const customerHz = 400;
const agentHz = 650;
/** From the INVITE to the answer. */
const ringsForMs = 100;
/** Both have heard each other long before. */
const talksForMs = 1_000;

/** What a person saw of a call. */
export interface Seen {
  readonly number: string;
  /** When 200 left, by performance.now(). */
  readonly answeredMs: number;
  readonly hungUpMs: number;
  /** When the first packet came in which an agent was heard; absent: none was. */
  readonly heardMs?: number;
}

export interface World {
  /** Where the trunk and the phones are: `127.0.0.1:PORT`. */
  readonly host: string;
  readonly seen: readonly Seen[];
  /** When that agent first heard a customer between these times. */
  heardByAgent(agentId: string, fromMs: number, toMs: number): number | undefined;
  close(): Promise<void>;
}

/** Whoever is called by a number is a customer, and hangs up after a second; all others are agents. */
export async function openWorld(): Promise<World> {
  const agents = new Map<string, RtpProbe>();
  const seen: Seen[] = [];
  const onInvite = (invitation: Invitation): void => {
    const { calledUser: name } = invitation;
    if (name.startsWith('+')) void customer(invitation, seen);
    else void agent(invitation).then((probe) => agents.set(name, probe));
  };
  const server = await createSipServer({ bindAddress: '127.0.0.1', port: 0, log: silentLog, onInvite });
  return {
    host: `127.0.0.1:${server.address.port}`,
    seen,
    heardByAgent(agentId, fromMs, toMs) {
      const probe = agents.get(agentId);
      const at = probe?.packets.findIndex(({ atMs }) => atMs >= fromMs) ?? -1;
      return probe && at >= 0 ? toneAt(probe, customerHz, at, toMs) : undefined;
    },
    async close() {
      await server.close(500);
      await Promise.all(Array.from(agents.values(), (probe) => probe.close()));
    },
  };
}

async function agent(invitation: Invitation): Promise<RtpProbe> {
  const probe = await RtpProbe.open(agentHz);
  invitation.ring();
  invitation.answer(probe.side);
  if (invitation.offer) probe.talk(invitation.offer);
  return probe;
}

async function customer(invitation: Invitation, seen: Seen[]): Promise<void> {
  const probe = await RtpProbe.open(customerHz);
  invitation.ring();
  await after(ringsForMs);
  const answeredMs = performance.now();
  invitation.answer(probe.side);
  if (invitation.offer) probe.talk(invitation.offer);
  await after(talksForMs);
  const hungUpMs = performance.now();
  invitation.hangUp();
  const heardMs = toneAt(probe, agentHz, 0, hungUpMs);
  seen.push({ number: invitation.calledUser, answeredMs, hungUpMs, ...(heardMs === undefined ? {} : { heardMs }) });
  await probe.close();
}

/** When a tone was first heard, from the packet with this index on, and before this time. */
function toneAt(probe: RtpProbe, hz: number, from: number, untilMs: number): number | undefined {
  for (let at = from; at < probe.packets.length; at += 1) {
    const packet = probe.packets[at];
    if (!packet || packet.atMs > untilMs) return undefined;
    if (probe.heard([hz], at, at + 1)[0] === 1) return packet.atMs;
  }
  return undefined;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
