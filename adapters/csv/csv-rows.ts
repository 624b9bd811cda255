/** Reads the rows of a CSV (RFC 4180) by stream, or says in one sentence why the file cannot be read. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { FatalError } from '#ports/errors.ts';

/** A row as it stands: its cells, or what is wrong with it. */
export type CsvRow = { readonly row: number } & ({ readonly cells: readonly string[] } | { readonly fault: string });

/** A quote that is never closed would otherwise swallow the file into memory. */
const longestRowBytes = 128 * 1024;

const openQuote = 'a quote is opened and not closed, so the rows after it could not be told apart';

/**
 * Gives the header as row 0 and then every row, some hundreds at a time, for waiting a million times would take longer
 * than reading. The whole file is looked through before the first row is given, so that a file in another encoding is
 * refused before any of it is used.
 * @throws LIST_UNREADABLE where the file is not there, cannot be read, is no UTF-8 or is empty.
 */
export async function* readCsv(path: string): AsyncGenerator<readonly CsvRow[]> {
  await checkText(path);
  let row = 0;
  let lastRow = Number.POSITIVE_INFINITY;
  let rows: CsvRow[] = [];
  const parser = parse({
    bom: true,
    // By itself it would take the end of the first line for that of all.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: longestRowBytes,
    skip_records_with_error: true,
    relax_quotes: true,
    on_record: (cells: string[]) => {
      if (row <= lastRow) rows.push(cells.some(swallowsRows) ? { row, fault: openQuote } : { row, cells });
      row += 1;
      // Nothing is left for the stream, which would give them one by one.
      return undefined;
    },
    on_skip: () => {
      lastRow = Math.min(lastRow, row++);
      return undefined;
    },
  });
  const read = () => {
    const batch = rows;
    rows = [];
    return batch;
  };
  try {
    for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
      await written((done) => parser.write(bytes, done));
      yield read();
      if (lastRow < row) break;
    }
    await written((done) => parser.end(done));
  } catch (cause) {
    throw unreadable(path, reasonOf(cause), cause);
  } finally {
    parser.destroy();
  }
  yield read();
  if (lastRow < row) yield [{ row: lastRow, fault: openQuote }];
}

function written(write: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => write((error) => (error ? reject(error) : resolve())));
}

/** A stray quote is kept as it is; one that went on over the end of its line was to be closed before. */
function swallowsRows(cell: string): boolean {
  return cell.startsWith('"') && cell.includes('\n');
}

async function checkText(path: string): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      decoder.decode(chunk, { stream: true });
    }
    decoder.decode();
  } catch (cause) {
    throw unreadable(path, reasonOf(cause), cause);
  }
  if (bytes === 0) throw unreadable(path, 'is empty; its first line must name the columns, one of them phone');
}

/** What is wrong with a list as a whole. */
export function unreadable(path: string, reason: string, cause?: unknown): FatalError {
  return new FatalError('LIST_UNREADABLE', `The list ${path} ${reason}.`, { cause });
}

function reasonOf(cause: unknown): string {
  const code = (cause as { code?: string }).code;
  switch (code) {
    case 'ENOENT':
      return 'is not there; look at its path';
    case 'EISDIR':
      return 'is a folder; name the CSV file in it';
    case 'EACCES':
      return 'may not be read by this user; change its permissions';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'is not UTF-8 (spreadsheets in China often save GB18030); save it again as "CSV UTF-8"';
    default:
      return `cannot be read (${code ?? 'unknown error'}); look at its disk`;
  }
}
