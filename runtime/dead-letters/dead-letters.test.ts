import { describe, expect, test } from '@jest/globals';
import type { DeadLetter } from '#proto/generated/envelope.ts';
import { run } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import { deadLettersActor } from './dead-letters.actor.ts';
import { deadLettersId } from './letter.ts';

const actor = deadLettersActor({ resend: () => Promise.reject(new Error('The decisions are pure.')) });

function letter(commandId: string, atMs = 1, toKind = 'tally'): DeadLetter {
  return {
    envelope: {
      protocol: 1,
      commandId,
      toKind,
      toId: 'a',
      sender: 'tally/b',
      correlationId: 'cause-1',
      causationId: 'tally/b@1',
      sentAtMs: 1,
      command: Buffer.from([1, 2, 3]),
      acceptance: false,
      hops: 0,
      anchored: false,
    },
    code: 'ACTOR_CRASHED',
    message: 'It crashed.',
    atMs,
    attempts: 3,
  };
}

const kept = (commandId: string, atMs?: number) => ({ type: 'LetterKept', letter: letter(commandId, atMs) }) as const;
const resent = (commandId: string) => ({ type: 'LetterResent', commandId, by: 'ann' }) as const;

describe('dead letters', () => {
  test('keep what they are given', () => {
    given(actor)
      .when({ type: 'KeepLetter', letter: letter('c-1') })
      .then(kept('c-1'))
      .thenEffects()
      .when({ type: 'ListLetters' })
      .then()
      .thenReply({ type: 'LetterList', letters: [letter('c-1')] });
  });

  test('never keep a command to themselves', () => {
    given(actor)
      .when({ type: 'KeepLetter', letter: letter('c-1', 1, 'dead-letters') })
      .thenRejected('LETTER_TO_ITSELF');
  });

  test('send a letter again, and until it has arrived they are wakeful and know it', () => {
    const effect = run('resend', letter('c-1'), 'resend:c-1@1');
    const story = given(actor, kept('c-1'), kept('c-2'))
      .when({ type: 'ResendLetter', commandId: 'c-1', by: 'ann' })
      .then(resent('c-1'))
      .thenEffects(effect);
    expect(story.wakeful).toBe(true);
    expect(story.resumed).toEqual([effect]);
    story.when({ type: 'ResendLetter', commandId: 'c-1', by: 'ann' }).thenRejected('LETTER_UNKNOWN');
    story.when({ type: 'ListLetters' }).thenReply({ type: 'LetterList', letters: [letter('c-1'), letter('c-2')] });
    const arrived = story
      .when({ type: 'DropLetter', commandId: 'c-1', by: 'runtime:delivered' })
      .then({ type: 'LetterDropped', commandId: 'c-1', by: 'runtime:delivered' });
    expect(arrived.wakeful).toBe(false);
  });

  test('take a letter back that died again', () => {
    const again = given(actor, kept('c-1'), resent('c-1'), kept('c-1', 5));
    expect(again.wakeful).toBe(false);
    again.when({ type: 'ListLetters' }).thenReply({ type: 'LetterList', letters: [letter('c-1', 5)] });
  });

  test('drop a letter once', () => {
    given(actor, kept('c-1'))
      .when({ type: 'DropLetter', commandId: 'c-1', by: 'ann' })
      .then({ type: 'LetterDropped', commandId: 'c-1', by: 'ann' })
      .when({ type: 'DropLetter', commandId: 'c-1', by: 'ann' })
      .thenRejected('LETTER_UNKNOWN');
  });

  test('have an id that an actor may have, whatever the node is called', () => {
    expect(deadLettersId('node-1.example_2')).toBe('node-1.example_2');
    expect(deadLettersId('node 1/é')).toBe('node-1--');
    expect(deadLettersId('x'.repeat(300))).toHaveLength(200);
  });
});
