import { expect, test } from '@jest/globals';
import { floorPicture } from './floor.ts';

const described = {
  ...{ phase: 'running', leads: 9, refused: 0, liveCalls: 1, attempts: 2, outcomes: [], reason: '', loading: false },
};

/** Of the table, the row of the agents without its borders. */
function agentsRow(phases: Readonly<Record<string, number>>): readonly string[] {
  const view = { campaignId: 'c', described, agentHours: 1, talkMinutes: 30, elapsedS: 60 };
  const lines = floorPicture({ ...view, phases: new Map(Object.entries(phases)) }).split('\n');
  const at = lines.findIndex((line) => line.includes('agents'));
  const cells = lines.slice(at, at + 2).map((line) => line.split('│')[2]?.trim());
  return cells.filter((cell) => cell !== undefined);
}

test('every agent is somewhere in the table', () => {
  const away = { break: 1, offline: 1, 'signing-in': 1 };
  const working = { ready: 1, talking: 1, holding: 1, reserved: 1, wrapping: 1 };
  expect(agentsRow({ ...working, ...away })).toEqual(['ready 1, talking 3, wrapping 1, away 3']);
  expect(agentsRow({ previewing: 2, monitoring: 1 })).toEqual([
    'ready 0, talking 0, wrapping 0, away 0',
    'looking at a contact 2, supervising 1',
  ]);
});
