/** What a container's health check runs. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { callboard, oneSentence } from './callboard-process.ts';

test('the exit code says whether the node is well', async () => {
  const node = createServer((request, response) => {
    response.writeHead(request.url === '/livez' ? 200 : 503);
    response.end(request.url === '/livez' ? 'alive\n' : '{"missing":["bus"]}');
  });
  await once(node.listen(0, '127.0.0.1'), 'listening');
  const env = { CALLBOARD_HTTP_PORT: `${(node.address() as AddressInfo).port}`, CALLBOARD_HTTP_ADDRESS: '0.0.0.0' };
  expect(await callboard(['health'], { env })).toMatchObject({ code: 0, stdout: 'alive\n' });
  expect(await callboard(['health', 'readyz'], { env })).toMatchObject({ code: 1, stdout: '{"missing":["bus"]}\n' });
  node.close();
  await once(node, 'close');
  expect(await callboard(['health'], { env })).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^Nothing answers at /),
  });
});

test('without an address for health checks it says so', async () => {
  const { code, stderr } = await callboard(['health']);
  expect(code).toBe(1);
  expect(stderr).toMatch(oneSentence('CONFIG_INVALID'));
});
