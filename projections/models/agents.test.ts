import { describe, expect, test } from '@jest/globals';
import type { AgentEvent } from '#proto/generated/agent.ts';
import { type AgentDocument, apply } from './agents.ts';

const meta = { stream: 'agent/ann', id: 'ann', version: 1, atMs: 5 };
const legId = 'agent:ann:1';
const wrapUp = { dispositions: [], required: false, longestMs: 0, defaultDisposition: '' };
const shift = [
  { type: 'SignInRequested', shift: 1, legId, atMs: 100 },
  { type: 'PhoneAnswered', legId, nodeId: 'n', atMs: 200 },
  { type: 'AgentBecameReady', atMs: 200 },
  { type: 'AgentReserved', callId: 'c.1.1', campaignId: 'c', wrapUp, consult: false, reservation: 1, atMs: 1200 },
  { type: 'AgentConnected', callId: 'c.1.1', atMs: 1250 },
  { type: 'CallHeld', callId: 'c.1.1', atMs: 2000 },
  { type: 'CallRetrieved', callId: 'c.1.1', atMs: 2500 },
  { type: 'TalkEnded', callId: 'c.1.1', talkMs: 3000, atMs: 4250 },
  { type: 'CallDisposed', callId: 'c.1.1', campaignId: 'c', disposition: 'sale', byDefault: false, atMs: 4300 },
  { type: 'BreakBegan', reason: 'lunch', atMs: 4750 },
  { type: 'AgentBecameReady', atMs: 5750 },
  { type: 'SignedOut', legId, reason: '', callId: '', atMs: 6000 },
] as const satisfies readonly AgentEvent[];

function agent(events: readonly AgentEvent[]): AgentDocument | undefined {
  return events.reduce<AgentDocument | undefined>((document, event) => apply(document, event, meta), undefined);
}

describe('the read model of agents', () => {
  test('tells what a shift came to', () => {
    expect(agent(shift)).toEqual({
      ...{ phase: 'offline', reason: '', sinceMs: 6000, callId: '', campaignId: '', shifts: 1, talks: 1, talkMs: 3000 },
      ...{ readyMs: 1250, wrapUpMs: 500, breakMs: 1000, shiftMs: 5800, shiftBeganAtMs: 0, holds: 1, transfers: 0 },
      dispositions: { sale: 1 },
    });
  });

  test('tells where an agent stands, and in which call', () => {
    const phases = shift.map((_, index) => agent(shift.slice(0, index + 1))?.phase);
    expect(phases).toEqual([
      ...['signing-in', 'signing-in', 'ready', 'reserved', 'talking', 'holding', 'talking', 'wrapping', 'wrapping'],
      ...['break', 'ready', 'offline'],
    ]);
    expect(agent(shift.slice(0, 5))).toMatchObject({ callId: 'c.1.1', campaignId: 'c' });
    expect(agent(shift.slice(0, 10))).toMatchObject({ reason: 'lunch', callId: '' });
  });
});
