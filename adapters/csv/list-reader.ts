/** Reads a list of people from CSV, row by row, and tells of each row whether it can be dialed. */
import type { RefusedRow } from '#ports/leads.ts';
import type { Person } from '#ports/vault.ts';
import { readCsv, unreadable } from './csv-rows.ts';
import { canonicalLanguage, canonicalTimezone, readDebt, readNumber, readPriority, readSegment } from './list-cells.ts';

/** A row that can be dialed. */
export interface ListedPerson {
  /** 1 for the first after the header. */
  readonly row: number;
  readonly person: Person;
  /** IANA name; empty where the list has none. */
  readonly timezone: string;
  /** BCP 47 tag; empty where the list has none. */
  readonly language: string;
  /** A word to choose leads by; absent where the row has none. */
  readonly segment?: string;
  /** -1000 to 1000, the higher is dialed first; absent where the row has none. */
  readonly priority?: number;
  /** The debt that it is about: personal, as it may be the number of an account. Absent where the row has none. */
  readonly debt?: string;
}

/** A row as it was read. */
export type ReadRow = ListedPerson | RefusedRow;

export interface ListOptions {
  /** Country of the numbers that are written without a plus, as ISO 3166-1 alpha-2; without it they are refused. */
  readonly defaultRegion?: string;
}

/** Columns with a meaning of their own, in any case; every other one is an attribute of the person, and `debt` is too. */
const ownColumns = ['phone', 'name', 'timezone', 'language', 'segment', 'priority', 'debt'] as const;
type OwnColumn = (typeof ownColumns)[number];

/** Different segments of a list. A column that tells people apart is none, and stands in the clear. */
const mostSegments = 500;

/**
 * Gives the rows of the list in order, some hundreds at a time; a refused one never names its number. Blank lines are
 * counted, as a spreadsheet counts them, and left out.
 * @throws LIST_UNREADABLE in one sentence that says what is wrong with the file.
 */
export async function* readList(path: string, options: ListOptions = {}): AsyncGenerator<readonly ReadRow[]> {
  let columns: Columns | undefined;
  const segments = new Set<string>();
  for await (const batch of readCsv(path)) {
    const rows: ReadRow[] = [];
    for (const read of batch) {
      const { row } = read;
      if (!columns) {
        if ('fault' in read) throw unreadable(path, `has no readable header: ${read.fault}`);
        columns = columnsOf(path, read.cells);
      } else if ('fault' in read) {
        rows.push({ row, reason: read.fault });
      } else if (read.cells.some((cell) => cell.trim() !== '')) {
        rows.push(personOf(row, columns, read.cells, segments, options));
      }
    }
    yield rows;
  }
}

interface Columns {
  readonly count: number;
  readonly own: ReadonlyMap<OwnColumn, number>;
  readonly attributes: readonly (readonly [name: string, index: number])[];
}

function columnsOf(path: string, header: readonly string[]): Columns {
  const own = new Map<OwnColumn, number>();
  const attributes: [string, number][] = [];
  for (const [index, name] of header.map((cell) => cell.trim()).entries()) {
    const known = ownColumns.find((column) => column === name.toLowerCase());
    const same = known ? own.get(known) : attributes.find(([other]) => other === name)?.[1];
    if (same !== undefined) {
      // By position: a list without a header has people in its first line.
      throw unreadable(path, `has the same name for its columns ${same + 1} and ${index + 1}; rename one of them`);
    }
    if (known) own.set(known, index);
    if (known ? known === 'debt' : name !== '') attributes.push([name, index]);
  }
  if (!own.has('phone')) {
    throw unreadable(path, 'has no column named phone; its first line must name the columns, with commas between');
  }
  return { count: header.length, own, attributes };
}

function personOf(
  row: number,
  columns: Columns,
  cells: readonly string[],
  segments: Set<string>,
  { defaultRegion }: ListOptions,
): ReadRow {
  if (cells.length !== columns.count) {
    return { row, reason: `it has ${cells.length} cells where the header has ${columns.count}` };
  }
  const cell = (column: OwnColumn) => cells[columns.own.get(column) ?? -1]?.trim() ?? '';
  const number = readNumber(cell('phone'), defaultRegion);
  if ('reason' in number) return { row, reason: number.reason };
  const timezone = canonicalTimezone(cell('timezone'));
  if (timezone === undefined) return { row, reason: 'its time zone is no IANA name such as Asia/Shanghai' };
  const language = canonicalLanguage(cell('language'));
  if (language === undefined) return { row, reason: 'its language is no BCP 47 tag such as zh-CN' };
  const segment = readSegment(cell('segment'));
  if (segment === undefined) return { row, reason: 'its segment is no word such as gold, of 40 characters at most' };
  const priority = readPriority(cell('priority'));
  if (priority === undefined) return { row, reason: 'its priority is no whole number from -1000 to 1000' };
  const debt = readDebt(cell('debt'));
  if (debt === undefined) return { row, reason: 'its debt is no text of 1 to 100 characters with a letter or a digit' };
  if (segments.add(segment).size > mostSegments) {
    segments.delete(segment);
    return { row, reason: `its segment is one more than the ${mostSegments} that a list may have` };
  }
  const attributes = Object.fromEntries(columns.attributes.map(([name, index]) => [name, cells[index]?.trim() ?? '']));
  const choice = { ...(segment && { segment }), ...(priority && { priority }), ...(debt && { debt }) };
  return { row, person: { number: number.e164, name: cell('name'), attributes }, timezone, language, ...choice };
}
