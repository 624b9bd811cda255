/** Brings a list into the vault and the leads, a batch at a time. */
import type { Leads, NewLead, RefusedRow } from '#ports/leads.ts';
import type { ListCount } from '#ports/list-reader.ts';
import type { Vault } from '#ports/vault.ts';
import { type ListedPerson, type ListOptions, readList } from './list-reader.ts';

export interface ImportPorts extends ListOptions {
  readonly vault: Vault;
  readonly leads: Leads;
}

/** Rows that are stored together. */
const batchRows = 1000;

/**
 * Reads a list into a campaign. Reading it again adds only what is new, so an import that was cut short goes on by
 * being repeated. Memory holds one batch, and some 50 bytes a row to tell duplicates.
 * @throws LIST_UNREADABLE before anything is stored; what the vault and the leads throw.
 */
export async function importList(path: string, campaignId: string, ports: ImportPorts): Promise<ListCount> {
  /** Row of each number, as its digits: E.164 has 15 at most, which a double holds exactly. */
  const rowOf = new Map<number, number>();
  const total = { rows: 0, added: 0, known: 0, refused: 0 };
  let listed: ListedPerson[] = [];
  let refused: RefusedRow[] = [];

  for await (const read of readList(path, ports)) {
    total.rows += 1;
    if ('reason' in read) {
      refused.push(read);
    } else {
      const digits = Number(read.person.number.slice(1));
      const first = rowOf.get(digits);
      if (first === undefined) {
        rowOf.set(digits, read.row);
        listed.push(read);
      } else {
        refused.push({ row: read.row, reason: `duplicate of row ${first}` });
      }
    }
    if (listed.length + refused.length >= batchRows) await store();
  }
  await store();
  return total;

  async function store(): Promise<void> {
    const stored = await ports.vault.put(listed.map(({ person }) => person));
    const rows = listed.flatMap(({ row, timezone, language }, index): NewLead[] => {
      const contact = stored[index];
      return contact ? [{ row, ...contact, timezone, language }] : [];
    });
    const { added, known, taken } = await ports.leads.add(campaignId, rows);
    refused.push(...taken.map(({ row }) => ({ row, reason: changed })));
    await ports.leads.refuse(campaignId, refused);
    total.added += added;
    total.known += known.length;
    total.refused += refused.length;
    listed = [];
    refused = [];
  }
}

const changed = 'the campaign has somebody else on this row: the list was changed since; start a new campaign';
