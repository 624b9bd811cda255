/** Numbers that an operator hands over, from a CSV file or a line each. None of them is ever said again. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { readNumber } from '#adapters/csv/list-cells.ts';
import { readList } from '#adapters/csv/list-reader.ts';
import type { RefusedRow } from '#ports/leads.ts';
import type { Person } from '#ports/vault.ts';

export type NumberRead = { readonly row: number; readonly person: Person } | RefusedRow;

/**
 * The rows of the file, or the lines of the stream; a refused one with its reason, and without its number.
 * @throws LIST_UNREADABLE
 */
export async function* readNumbers(
  file: string | undefined,
  input: Readable,
  defaultRegion?: string,
): AsyncGenerator<NumberRead> {
  if (file !== undefined) {
    for await (const rows of readList(file, defaultRegion ? { defaultRegion } : {})) yield* rows;
    return;
  }
  let row = 0;
  for await (const line of createInterface({ input })) {
    row += 1;
    const cell = line.trim();
    if (cell === '') continue;
    const number = readNumber(cell, defaultRegion);
    if ('reason' in number) yield { row, reason: number.reason };
    else yield { row, person: { number: number.e164, name: '', attributes: {} } };
  }
}
