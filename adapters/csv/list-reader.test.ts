import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RefusedRow } from '#ports/leads.ts';
import { type ListedPerson, type ListOptions, readList } from './list-reader.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-list-'));
  path = join(folder, 'leads.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function rows(content: string | Uint8Array, options?: ListOptions) {
  writeFileSync(path, content);
  return all(path, options);
}

async function all(file: string, options?: ListOptions) {
  const read: (ListedPerson | RefusedRow)[] = [];
  for await (const rows of readList(file, options)) read.push(...rows);
  return read;
}

async function reasons(content: string, options?: ListOptions) {
  return (await rows(content, options)).map((read) => ('reason' in read ? `${read.row}: ${read.reason}` : read.row));
}

describe('a list', () => {
  test('has a person a row: phone, name, time zone, language, anything else an attribute', async () => {
    expect(
      await rows('phone,name,timezone,language,city,plan\n+86 138 0000 1234,王小明,Asia/Shanghai,zh-CN,上海,gold\n'),
    ).toEqual([
      {
        row: 1,
        person: { number: '+8613800001234', name: '王小明', attributes: { city: '上海', plan: 'gold' } },
        timezone: 'Asia/Shanghai',
        language: 'zh-CN',
      },
    ]);
  });

  test('may say of a person which segment it is of, and how early it is called', async () => {
    const read = await rows('phone,segment,Priority\n+12025550101,gold,5\n+12025550102,,\n+12025550103,新 2,-0\n');
    expect(read).toEqual([
      expect.objectContaining({ row: 1, segment: 'gold', priority: 5 }),
      expect.not.objectContaining({ segment: expect.anything(), priority: expect.anything() }),
      expect.objectContaining({ row: 3, segment: '新 2' }),
    ]);
    expect(read[1]).not.toHaveProperty('priority');
  });

  test('needs no other column than phone, in any order and case', async () => {
    expect(await rows('City,PHONE\nParis,+33142685300')).toEqual([
      {
        row: 1,
        person: { number: '+33142685300', name: '', attributes: { City: 'Paris' } },
        timezone: '',
        language: '',
      },
    ]);
  });

  test('may begin with a byte order mark, end its lines with CRLF, and quote commas, quotes and newlines', async () => {
    const read = await rows(
      '\uFEFFphone,name,note\r\n+12025550101,"Smith, ""Bob""","two\r\nlines"\r\n+12025550102,B,\r\n',
    );
    expect(read).toMatchObject([
      { row: 1, person: { name: 'Smith, "Bob"', attributes: { note: 'two\r\nlines' } } },
      { row: 2, person: { name: 'B', attributes: { note: '' } } },
    ]);
  });

  test('may end its lines now in one way and now in another: a header comes from somewhere else', async () => {
    const people = ['+12025550101,a', '+12025550102,b', '+12025550103,c'];
    for (const [first, then] of [
      ['\r\n', '\n'],
      ['\n', '\r\n'],
      ['\r', '\r'],
    ] as const) {
      const read = await rows(`phone,name${first}${people.map((each) => `${each}${then}`).join('')}`);
      expect(read).toMatchObject([
        { row: 1, person: { number: '+12025550101', name: 'a' } },
        { row: 2, person: { name: 'b' } },
        { row: 3, person: { name: 'c' } },
      ]);
    }
  });

  test('reads numbers without a plus as those of the default region', async () => {
    const read = await rows('phone\n138 0000 1234\n010-8888 8888\n+1 202 555 0101\n', { defaultRegion: 'CN' });
    expect(read.map((each) => ('person' in each ? each.person.number : each.reason))).toEqual([
      '+8613800001234',
      '+861088888888',
      '+12025550101',
    ]);
  });

  test('counts blank lines and leaves them out', async () => {
    expect(await reasons('phone,name\n\n+12025550101,A\n,\n+12025550102,B\n')).toEqual([2, 4]);
  });

  test('takes time zones and languages as people write them', async () => {
    const read = await rows('phone,timezone,language\n+12025550101,america/new_york,zh_hans_cn\n');
    expect(read).toMatchObject([{ timezone: 'America/New_York', language: 'zh-Hans-CN' }]);
  });

  test('column names that objects have of themselves are only names', async () => {
    const [read] = await rows('phone,__proto__,constructor\n+12025550101,a,b\n');
    expect(read && 'person' in read && Object.entries(read.person.attributes)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});

describe('a row that cannot be dialed is told by its number in the list, and the rest goes on', () => {
  test('numbers: none, a word, impossible, not assigned, an emergency, without a country, rounded, with an extension', async () => {
    const cells = [
      '',
      'call me',
      '+86 138',
      '+1 555 555 5555',
      '110',
      '138 0000 1234',
      '8.61381E+12',
      '+12025550101 ext. 5',
    ];
    const list = `phone,name\n${cells.map((cell) => `${cell},A`).join('\n')}\n+12025550101,Z\n`;
    const plan = 'its phone number does not exist in the numbering plan of its country';
    const noCode = 'its number has no country code; write it with a plus, or set a default region';
    expect(await reasons(list)).toEqual([
      '1: it has no phone number',
      '2: its phone is not a telephone number',
      `3: ${plan}`,
      `4: ${plan}`,
      `5: ${noCode}`,
      `6: ${noCode}`,
      '7: a spreadsheet has rounded its number; format the column as text and enter it again',
      '8: its phone number has an extension, which cannot be dialed',
      9,
    ]);
  });

  test('time zones and languages that are none, and their text is not repeated', async () => {
    expect(
      await reasons(
        'phone,timezone,language\n+12025550101,Mars/Base,en\n+12025550102,+08:00,en\n+12025550103,,13800001234\n',
      ),
    ).toEqual([
      '1: its time zone is no IANA name such as Asia/Shanghai',
      '2: its time zone is no IANA name such as Asia/Shanghai',
      '3: its language is no BCP 47 tag such as zh-CN',
    ]);
  });

  test('segments that tell who somebody is, and priorities that are none', async () => {
    const cells = ['Ann@example.org,', '2025550101,', `${'x'.repeat(41)},`, '-,', ',1.5', ',1001', ',high', ',1e2'];
    const read = await reasons(
      `phone,segment,priority\n${cells.map((each, at) => `+1202555010${at},${each}`).join('\n')}\n`,
    );
    const [segment, priority] = ['its segment is no word such as gold', 'its priority is no whole number from -1000'];
    const told = read.map((each) => String(each).slice(3, 3 + segment.length));
    expect(told.slice(0, 4)).toEqual(Array(4).fill(segment));
    expect(told.slice(4)).toEqual(Array(4).fill(priority.slice(0, segment.length)));
  });

  test('segments beyond 500 different ones, and no others', async () => {
    const number = (row: number) => `+86138${String(row).padStart(8, '0')}`;
    const list = Array.from({ length: 502 }, (_, row) => `${number(row)},s${Math.min(row, 500)}`);
    const read = await reasons(`phone,segment\n${[...list, `${number(600)},s7`].join('\n')}\n`);
    const told = 'its segment is one more than the 500 that a list may have';
    expect(read.slice(499)).toEqual([500, `501: ${told}`, `502: ${told}`, 503]);
  });

  test('too few and too many cells', async () => {
    expect(await reasons('phone,name\n+12025550101\n+12025550102,A,B\n+12025550103,C\n')).toEqual([
      '1: it has 1 cells where the header has 2',
      '2: it has 3 cells where the header has 2',
      3,
    ]);
  });

  test('a quote that is closed too late or never, or only after so much that no row is that long', async () => {
    const fault = 'a quote is opened and not closed, so the rows after it could not be told apart';
    expect(await reasons('phone,name\n+12025550101,"A\n+12025550102,B\n+12025550103,"C"\n+12025550104,D\n')).toEqual([
      `1: ${fault}`,
      2,
    ]);
    expect(await reasons('phone,name\n+12025550101,A\n+12025550102,"B\n+12025550103,C\n')).toEqual([1, `2: ${fault}`]);
    const long = '+12025550103,C\n'.repeat(50_000);
    expect(await reasons(`phone,name\n+12025550101,A\n+12025550102,"B\n${long}`)).toEqual([1, `2: ${fault}`]);
  });

  test('a stray quote within a cell is part of it', async () => {
    const read = await rows('phone,name\n+12025550101,Bob "the" Smith\n');
    expect(read).toMatchObject([{ person: { name: 'Bob "the" Smith' } }]);
  });
});

describe('a file that is no list is refused in one sentence', () => {
  const refused = async (content: string | Uint8Array) =>
    rows(content).then(
      () => 'read',
      (error: Error & { code: string }) => `${error.code} ${error.message.replace(path, 'PATH')}`,
    );

  test('one that is not there, and a folder', async () => {
    await expect(all(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'LIST_UNREADABLE',
      message: `The list ${join(folder, 'none.csv')} is not there; look at its path.`,
    });
    await expect(all(folder)).rejects.toMatchObject({
      code: 'LIST_UNREADABLE',
      message: `The list ${folder} is a folder; name the CSV file in it.`,
    });
  });

  test('an empty one', async () => {
    expect(await refused('')).toBe(
      'LIST_UNREADABLE The list PATH is empty; its first line must name the columns, one of them phone.',
    );
  });

  test('one without a phone column, or with two', async () => {
    expect(await refused('name;phone\nA;+12025550101\n')).toBe(
      'LIST_UNREADABLE The list PATH has no column named phone; its first line must name the columns, with commas between.',
    );
    expect(await refused('phone,Phone\n')).toBe(
      'LIST_UNREADABLE The list PATH has the same name for its columns 1 and 2; rename one of them.',
    );
  });

  test('one whose first line is a person: no error tells the number', async () => {
    for (const header of ['+12025550101,+12025550101', 'phone,+12025550101,Ann,+12025550101', '+12025550101,Ann']) {
      expect(await refused(`${header}\n`)).not.toMatch(/2025550101|Ann/);
    }
  });

  test('one in GB18030 or UTF-16, even where only its last byte shows it', async () => {
    const notUtf8 =
      'LIST_UNREADABLE The list PATH is not UTF-8 (spreadsheets in China often save GB18030); save it again as "CSV UTF-8".';
    const gb18030 = Buffer.concat([
      Buffer.from('phone,name\n+8613800001234,'),
      Buffer.from([0xcd, 0xf5, 0xd0, 0xa1, 0xc3, 0xf7]),
    ]);
    expect(await refused(gb18030)).toBe(notUtf8);
    expect(await refused(Buffer.from('\uFEFFphone,name\n', 'utf16le'))).toBe(notUtf8);
    expect(await refused(Buffer.concat([Buffer.from('phone,name\n+12025550101,A'), Buffer.from([0xe7])]))).toBe(
      notUtf8,
    );
  });
});
