/** Tells the contacts that have some numbers something; a number that nobody has gets a contact, to be found by later. */
import type { Vault } from '#ports/vault.ts';
import { type ContactCommand, contactProtocol } from '#proto/generated/contact.ts';
import type { Runtime } from '#runtime/runtime.ts';
import type { NumberRead } from './numbers.ts';

export interface Marked {
  /** Contacts that were told, each as often as its number was there. */
  readonly told: number;
  /** Rows that hold no number, with the reasons. */
  readonly refused: readonly { readonly row: number; readonly reason: string }[];
  /** Rows whose contact did not take it, with the code. */
  readonly failed: readonly { readonly row: number; readonly reason: string }[];
}

export interface MarkPorts {
  readonly runtime: Pick<Runtime, 'ask'>;
  readonly vault: Pick<Vault, 'find' | 'put'>;
}

/** Contacts that are asked at once. */
const atOnce = 32;

export async function markContacts(
  numbers: AsyncIterable<NumberRead>,
  command: ContactCommand,
  { runtime, vault }: MarkPorts,
): Promise<Marked> {
  let told = 0;
  const refused: { row: number; reason: string }[] = [];
  const failed: { row: number; reason: string }[] = [];
  let batch: Promise<void>[] = [];
  for await (const read of numbers) {
    if ('reason' in read) {
      refused.push({ row: read.row, reason: read.reason });
      continue;
    }
    batch.push(tell(read));
    if (batch.length < atOnce) continue;
    await Promise.all(batch);
    batch = [];
  }
  await Promise.all(batch);
  return { told, refused, failed };

  async function tell({ row, person }: Exclude<NumberRead, { reason: string }>): Promise<void> {
    const { number } = person;
    // Who is known already keeps the name and all else that is known.
    const known = (await vault.find(number)) ?? (await vault.put([{ number, name: '', attributes: {} }]))[0];
    if (!known) return;
    const answer = await runtime.ask(contactProtocol, known.contactId, command);
    if (answer.ok) told += 1;
    else failed.push({ row, reason: answer.rejection.code });
  }
}
