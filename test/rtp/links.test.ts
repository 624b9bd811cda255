/** Legs that are not in one thread, or not on one node, and what is left when one side of a bridge dies. */
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from '@jest/globals';
import type { ThreadSettings } from '#adapters/rtp/thread-protocol.ts';
import type { Media } from '#ports/media.ts';
import { openPlane, Party } from './party.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

async function party(names: readonly string[], plane: Media): Promise<Party> {
  const made = await Party.open(Object.fromEntries(names.map((name) => [name, {}])), plane);
  open.push(made);
  return made;
}

/** A leg on each node that leads to the other: each is opened, told where the other is, and bridged on its own node. */
async function link(one: Media, other: Media): Promise<void> {
  const [there, here] = await Promise.all([one, other].map((media) => media.open('link', {}, () => undefined)));
  if (here) await one.connect('link', here);
  if (there) await other.connect('link', there);
}

test('a customer on one node and an agent on another hear each other over a link, and keys go through it', async () => {
  const [near, far] = [await openPlane(3), await openPlane(3)];
  const [here, there] = [await party(['customer'], near), await party(['agent', 'boss'], far)];
  await link(near, far);
  await Promise.all([near.bridge('customer', 'link'), far.bridge('link', 'agent')]);
  // The first tone of either party is the same: who hears it has it from the other node.
  expect(await here.hearing()).toEqual({ customer: 'customer' });
  expect(await there.hearing()).toEqual({ agent: 'agent', boss: '' });
  await far.monitor('boss', 'link', 'join');
  expect(await there.hearing()).toEqual({ agent: 'agent boss', boss: 'agent' });
  const customer = here.probe('customer');
  await customer.first(there.toneOf('boss'), customer.packets.length);
  await far.unbridge('boss');
  await there.hearing();
  here.probe('customer').press('4');
  expect(await here.events.get('customer')?.next('digit')).toMatchObject({ digit: '4' });
  const keys = () => there.probe('agent').packets.filter(({ payloadType }) => payloadType === 101);
  await there.probe('agent').until(() => keys().length === 3);
  await Promise.all([near.close('link'), far.close('link')]);
  expect(await here.hearing()).toEqual({ customer: '' });
});

test('of two in different threads one lives on when the thread of the other dies, and is bridged again', async () => {
  const workers: Worker[] = [];
  const spawn = (workerData: ThreadSettings) => {
    const worker = new Worker(new URL('../../adapters/rtp/media-thread.ts', import.meta.url), { workerData });
    workers.push(worker);
    return worker;
  };
  const p = await party(['customer', 'agent', 'other'], await openPlane(3, { workers: 2, spawn }));
  await p.media.bridge('customer', 'agent');
  expect(await p.hearing()).toEqual({ customer: 'agent', agent: 'customer', other: '' });
  await workers[1]?.terminate();
  expect(await p.events.get('agent')?.next('lost')).toMatchObject({ type: 'lost' });
  p.gone.add('agent');
  expect(await p.hearing()).toMatchObject({ customer: '', other: '' });
  await p.media.bridge('customer', 'other');
  expect(await p.hearing()).toMatchObject({ customer: 'other', other: 'customer' });
  expect(p.events.get('customer')?.events).toEqual([]);
});

test('both of a bridge in one thread are lost with it', async () => {
  const workers: Worker[] = [];
  const spawn = (workerData: ThreadSettings) => {
    const worker = new Worker(new URL('../../adapters/rtp/media-thread.ts', import.meta.url), { workerData });
    workers.push(worker);
    return worker;
  };
  const p = await party(['customer', 'agent'], await openPlane(2, { workers: 1, spawn }));
  await p.media.bridge('customer', 'agent');
  await workers[0]?.terminate();
  for (const name of ['customer', 'agent']) {
    expect(await p.events.get(name)?.next('lost')).toMatchObject({ type: 'lost' });
    expect(await p.media.close(name)).toMatchObject({ packetsSent: 0 });
  }
  await p.media.bridge('customer', 'agent');
});
