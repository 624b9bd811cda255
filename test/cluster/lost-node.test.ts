/** A node that holds phones and calls is killed in the middle of a campaign with agents: what became of everybody. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { evolve, initial } from '#actors/agent/state.ts';
import { type AgentEvent, agentEvent, agentProtocol } from '#proto/generated/agent.ts';
import { type CallEvent, callEvent } from '#proto/generated/call.ts';
import { type CampaignEvent, campaignEvent } from '#proto/generated/campaign.ts';
import { place, seat } from '#runtime/placement.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import { type ClusterFloor, historiesOf, openClusterFloor, until, voiceNodes } from './cluster-floor.ts';

const minute = 60_000;
const campaignId = 'lost';
const [staying, killed] = voiceNodes;
const seats = voiceNodes.map((name) => seat(name));
const people = '8886888788868887888888878888';
const opened: Closing[] = [];
const errors: unknown[] = [];
let floor: ClusterFloor;
/** Listens to an agent of the node that is killed. */
let bossId: string;
/** As the journal had it when the node died, and in the end. */
let before: ReadonlyMap<string, readonly CallEvent[]>;
let calls: ReadonlyMap<string, readonly CallEvent[]>;
let agents: ReadonlyMap<string, readonly AgentEvent[]>;
let campaign: readonly CampaignEvent[];

beforeAll(async () => {
  floor = await openClusterFloor({ campaignId, mode: 'predictive', agentsEach: 3, people }, opened);
  const { desk, agentIds, phaseOf } = floor;
  const readCalls = () => historiesOf(desk.journal, 'call', callEvent);
  await floor.openShift((error) => errors.push(error));
  bossId = await floor.openSupervision();
  expect(await floor.start()).toMatchObject({ ok: true });
  const victim = floor.nodes.find(({ name }) => name === killed);
  await until('a talk of the node, and one of the other node with a phone of it', async () => {
    before = await readCalls();
    const talking = [...before].filter(([, events]) => isLive(events) && has(events, 'AgentConnected'));
    const onKilled = ([callId]: readonly [string, unknown]) => holderOf(callId) === killed;
    return talking.some(onKilled) && talking.some((talk) => !onKilled(talk) && has(talk[1], 'AgentLinked'));
  });
  victim?.signal('SIGKILL');
  await victim?.exited;
  before = await readCalls();
  // Whoever has lost the phone signs in again.
  await until('the campaign ends', async () => {
    for (const agentId of agentIds) {
      if ((await phaseOf(agentId)) !== 'offline') continue;
      await desk.runtime.ask(agentProtocol, agentId, { type: 'SignIn' });
    }
    return (await floor.described())?.phase === 'ended';
  });
  const phases = ['ready', 'break'];
  await until('the agents are free', async () =>
    (await Promise.all(agentIds.map(phaseOf))).every((phase) => phases.includes(phase ?? '')),
  );
  await until('the channels are back', async () => (await floor.channelsInUse()) === 0);
  const { journal } = desk;
  calls = await readCalls();
  agents = await historiesOf(journal, 'agent', agentEvent);
  campaign = (await historiesOf(journal, 'campaign', campaignEvent)).get(campaignId) ?? [];
}, 5 * minute);
afterAll(() => closeAll(opened), minute);

const has = (events: readonly CallEvent[], ...types: readonly CallEvent['type'][]) =>
  types.every((type) => events.some((event) => event.type === type));
/** What was said of it after the node was missed aside, which may be in time to be read. */
const isLive = (events: readonly CallEvent[]) => {
  const isOver = has(events, 'CallEnded') && !has(events, 'CallLost');
  return has(events, 'CallDialed') && !has(events, 'CallFailed') && !has(events, 'CallHungUp') && !isOver;
};
/** Who has the line of a call that was dialed while both were there. */
const holderOf = (callId: string) => place(`call/${callId}`, seats);
const outcomeOf = (callId: string) => calls.get(callId)?.find((event) => event.type === 'CallEnded')?.outcome;
/** Calls that were live when the node died. */
const liveOn = (node: string) => [...before].filter(([id, events]) => isLive(events) && holderOf(id) === node);

describe('a node that is killed in the middle of a campaign', () => {
  test('leaves nobody without an outcome, and no call of it is said to be anything but unknown', () => {
    expect(errors).toEqual([]);
    const rows = campaign.flatMap((event) => (event.type === 'AttemptEnded' ? [event.row] : []));
    expect(rows.sort((a, b) => a - b)).toEqual([...people].map((_, index) => index + 1));
    const lost = liveOn(killed).map(([callId]) => callId);
    expect(lost.length).toBeGreaterThan(0);
    const unknown = [...calls.keys()].filter((callId) => outcomeOf(callId) === 'unknown');
    expect(unknown.sort()).toEqual(lost.sort());
  });

  test('has nobody called twice', () => {
    const dialed = [...calls.values()].map((events) => events.filter(({ type }) => type === 'CallDialed').length);
    expect(dialed).toEqual([...people].map(() => 1));
    expect(floor.recorded('carrier').filter((name) => !name.endsWith('.1.wav'))).toEqual([]);
  });

  test('takes its phones with it: their agents are offline, sign in elsewhere and talk again', () => {
    const nodesOf = (events: readonly AgentEvent[]) =>
      events.flatMap((event) => (event.type === 'PhoneAnswered' ? [event.nodeId] : []));
    const moved = [...agents.values()].filter((events) => nodesOf(events)[0] === killed);
    expect(moved.map(nodesOf)).toEqual(moved.map(() => [killed, staying]));
    const out = moved.flatMap((events) => events.filter((event) => event.type === 'SignedOut'));
    expect(out.map(({ reason }) => reason)).toEqual(moved.map(() => 'the node that held the phone ended'));
    const later = moved.flatMap((events) => {
      const at = events.findIndex(({ type }) => type === 'SignedOut');
      return events.slice(at).filter(({ type }) => type === 'AgentConnected');
    });
    expect(later.length).toBeGreaterThan(0);
  });

  test('leaves no customer of the other node with a phone that is gone', () => {
    const gone = liveOn(staying).flatMap(([callId, events]) => {
      const agentId = events.findLast((event) => event.type === 'AgentConnected')?.agentId ?? '';
      return agents.get(agentId)?.find((event) => event.type === 'PhoneAnswered')?.nodeId === killed
        ? [{ callId, agentId }]
        : [];
    });
    expect(gone.length).toBeGreaterThan(0);
    for (const { callId, agentId } of gone) {
      // Whoever is still there when the agent is missed waits for the next one, or hangs up.
      expect({ callId, agentId, outcome: outcomeOf(callId) }).toEqual({ callId, agentId, outcome: 'answered' });
    }
  });

  test('leaves no supervisor with nobody to listen to', () => {
    expect(agents.get(bossId)?.slice(-3)).toMatchObject([
      { type: 'MonitoringBegan', agentId: floor.agentIds.at(-1) },
      { type: 'MonitorLinked' },
      { type: 'MonitoringEnded', reason: 'the phone of the agent is gone' },
    ]);
  });

  test('leaves no agent reserved or talking to nobody, and none in two calls', () => {
    for (const [agentId, events] of agents) {
      let inCall = '';
      for (const event of events) {
        if (event.type === 'AgentReserved') {
          expect({ agentId, inCall }).toEqual({ agentId, inCall: '' });
          inCall = event.callId;
        }
        if (['TalkEnded', 'ReservationEnded', 'SignedOut'].includes(event.type)) inCall = '';
      }
      const { phase, link } = events.reduce(evolve, initial());
      expect({ agentId, inCall, phase, link }).toEqual({
        ...{ agentId, inCall: '', phase: expect.stringMatching(/^(ready|break)$/), link: undefined },
      });
    }
    for (const [callId, events] of calls) {
      const ended = events.filter(({ type }) => type === 'CallEnded').length;
      expect({ callId, ended }).toEqual({ callId, ended: 1 });
    }
  });

  test('leaves no channel taken, whole chains, and a law that was kept', async () => {
    expect(await floor.channelsInUse()).toBe(0);
    expect(await floor.callboard('verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/every chain/) });
    const audit = await floor.callboard('audit', campaignId, '--json');
    expect(JSON.parse(audit.stdout)).toMatchObject({ attempts: people.length, dialed: people.length });
    expect(audit).toMatchObject({ code: 0, stderr: '' });
  });
});
