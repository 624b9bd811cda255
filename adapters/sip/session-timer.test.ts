import { describe, expect, test } from '@jest/globals';
import { answerRefresh } from './session-timer.ts';

const asked = (sessionExpires?: string, supported?: string, require?: string) =>
  answerRefresh({ sessionExpires, supported, require });

describe('a re-INVITE', () => {
  test('that says nothing of timers is answered without', () => {
    expect(asked()).toEqual({ type: 'accept', headers: [] });
    expect(asked(undefined, '100rel, timer')).toEqual({ type: 'accept', headers: [] });
  });

  test('that refreshes is told so, and the next is due a third before the end, at most 32 s', () => {
    const headers = ['Session-Expires: 1800;refresher=uac', 'Require: timer'];
    expect(asked('1800', 'timer')).toEqual({ type: 'accept', headers, expiresMs: 1_768_000 });
    expect(asked('1800;refresher=uac', undefined, 'timer')).toMatchObject({ headers, expiresMs: 1_768_000 });
    expect(asked('90', 'timer')).toMatchObject({ expiresMs: 60_000 });
  });

  test('that wants us to refresh gets no timer: we do not', () => {
    expect(asked('1800;refresher=uas', 'timer')).toEqual({ type: 'accept', headers: [] });
  });

  test('that wants to be shorter than may be is told how short', () => {
    expect(asked('60', 'timer')).toEqual({ type: 'reject', statusCode: 422, headers: ['Min-SE: 90'] });
  });

  test('that wants what we do not know is told what', () => {
    expect(asked('1800', 'timer', 'timer, precondition')).toEqual({
      type: 'reject',
      statusCode: 420,
      headers: ['Unsupported: precondition'],
    });
  });

  test('whose headers are nonsense is answered without', () => {
    for (const value of ['soon', '', '-1', '1e9', ';refresher=uac']) {
      expect(asked(value, 'timer')).toEqual({ type: 'accept', headers: [] });
    }
  });
});
