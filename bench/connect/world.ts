/**
 * The far side of the bench `connect`, as a worker thread: people behind a trunk and the phones of agents, all of whom hum
 * a tone. It says where it is, and then of those who were connected how soon they heard each other.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Invitation } from '#adapters/sip/invitation.ts';
import { createSipServer } from '#adapters/sip/sip-server.ts';
import { RtpProbe } from '#test/rtp/rtp-probe.ts';
import { silentLog } from '#test/sip/call-probe.ts';

const customerHz = 400;
const agentHz = 650;
/** From the INVITE to the answer. */
const ringsForMs = 100;
/** How long customers talk, ms. */
const talksForMs = workerData as number;

/** What a person saw of a call. */
interface Seen {
  readonly number: string;
  /** When 200 left, by performance.now(). */
  readonly answeredMs: number;
  readonly hungUpMs: number;
  /** When the first packet came in which an agent was heard; absent: none was. */
  readonly heardMs?: number;
}

/** Who was connected: number and agent. The world answers with how long each took, ms, from the answer. */
export type Connected = readonly (readonly [number: string, agentId: string])[];

const agents = new Map<string, RtpProbe>();
const seen: Seen[] = [];
// Whoever is called by a number is a customer, and hangs up after a while; all others are agents.
const onInvite = (invitation: Invitation): void => {
  const { calledUser: name } = invitation;
  if (name.startsWith('+')) void customer(invitation);
  else void agent(invitation).then((probe) => agents.set(name, probe));
};
const server = await createSipServer({ bindAddress: '127.0.0.1', port: 0, log: silentLog, onInvite });
parentPort?.on('message', (connected: Connected) => {
  const agentOf = new Map(connected);
  parentPort?.postMessage(seen.flatMap((each) => tookOf(each, agents.get(agentOf.get(each.number) ?? ''))));
});
parentPort?.postMessage(`127.0.0.1:${server.address.port}`);

/** From the answer until both have heard the other; none where they have not. */
function tookOf({ answeredMs, hungUpMs, heardMs }: Seen, probe: RtpProbe | undefined): readonly number[] {
  const at = probe?.packets.findIndex(({ atMs }) => atMs >= answeredMs) ?? -1;
  const heardByAgentMs = probe && at >= 0 ? toneAt(probe, customerHz, at, hungUpMs) : undefined;
  return heardMs === undefined || heardByAgentMs === undefined ? [] : [Math.max(heardMs, heardByAgentMs) - answeredMs];
}

async function agent(invitation: Invitation): Promise<RtpProbe> {
  const probe = await RtpProbe.open(agentHz);
  invitation.ring();
  invitation.answer(probe.side);
  if (invitation.offer) probe.talk(invitation.offer);
  return probe;
}

async function customer(invitation: Invitation): Promise<void> {
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
