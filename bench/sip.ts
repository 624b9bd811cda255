/**
 * Whole calls on one node with everything that a call needs: campaign, call, trunk and contact actors, journal, vault
 * and lists on disk, a media leg each. SIPp's `uas` is the carrier, in a process of its own. What does a call cost,
 * what does a live one hold, and is anything left when all are over?
 */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SipTelephony } from '#adapters/sip/sip-telephony.ts';
import { lawNamed } from '#config/law-profiles.ts';
import { loadConfig } from '#config/load.ts';
import { callEvent } from '#proto/generated/call.ts';
import { campaignEvent, campaignProtocol } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { practiceLaw } from '#scripts/campaign-law.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { startSipp } from '#test/sip/sipp.ts';
import { collectGarbage } from './garbage.ts';
import { type BenchResult, median } from './result.ts';

const callsPerSecond = 80;
const warmUpCalls = 500;
const heldCalls = 500;
const roundCalls = 1000;
const rounds = 4;
/** How long a call of a round is talked on before we hang up. */
const talkMs = 100;
const heldMs = 300_000;
const trunkId = 't';
const limits = { maxChannels: 1000, callsPerSecond: 200 };

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'));
  const sipp = await startSipp({ scenario: 'uas', trace: false });
  const uri = `sip:127.0.0.1:${sipp.port}`;
  const node = await startNode(
    loadConfig({ overrides: { dataFolder: join(folder, 'data'), trunks: { [trunkId]: { uri, ...limits } } } }),
  );
  try {
    await node.runtime.ask(trunkProtocol, trunkId, { type: 'ConfigureTrunk', uri, ...limits, leaseMs: heldMs });
    const bench = new Bench(node, folder);
    await bench.dial(warmUpCalls, talkMs);
    await bench.settled();
    const start = sizes();
    const held = await bench.hold(start);
    const cpu: number[] = [];
    for (let round = 0; round < rounds; round += 1) cpu.push(await bench.dial(roundCalls, talkMs));
    await bench.settled();
    const end = sizes();
    const { calls, ...library } = (node.telephony as SipTelephony).sizes();
    const since = heldCalls + rounds * roundCalls;
    return {
      name: 'sip',
      figures: [
        { name: 'CPU of a call, journaling included', value: median(cpu), unit: 'ms', target: { atMost: 4 } },
        { name: 'memory of a live call, resident', value: held.resident / 1024, unit: 'KB', target: { atMost: 150 } },
        { name: 'memory of a live call, heap', value: held.heap / 1024, unit: 'KB', target: { atMost: 150 } },
        { name: 'calls left in the SIP stack', value: calls, unit: 'calls', target: { atMost: 0 } },
        { name: 'transactions and dialogs left', value: sum(library), unit: 'entries', target: { atMost: 0 } },
        { name: 'call actors left in memory', value: bench.callActors(), unit: 'actors', target: { atMost: 0 } },
        { name: 'files and sockets left open', value: end.files - start.files, unit: 'files', target: { atMost: 0 } },
        { name: 'heap kept by a finished call', value: (end.heap - start.heap) / since, unit: 'bytes' },
      ],
      notes: [
        `${warmUpCalls + since} calls at ${callsPerSecond} a second against SIPp uas: INVITE, 180, 200, ACK, a tenth of a second of talk, BYE; all threads counted.`,
        `Median of ${rounds} rounds of ${roundCalls}: ${cpu.map((ms) => ms.toFixed(2)).join(', ')} ms. ${heldCalls} calls held at once.`,
        'Each call has a media leg without a prompt or a recording. What is left is counted after passivation and 64 T1.',
      ],
    };
  } finally {
    await node.stop();
    await sipp.stop();
    rmSync(folder, { recursive: true });
  }
}

class Bench {
  readonly #node: CallboardNode;
  readonly #folder: string;
  #campaigns = 0;
  #numbers = 0;

  constructor(node: CallboardNode, folder: string) {
    this.#node = node;
    this.#folder = folder;
  }

  /** Dials a list of people never dialed before; the CPU that each took, ms. */
  async dial(calls: number, eachTalkMs: number): Promise<number> {
    const id = await this.#prepare(calls, eachTalkMs);
    const over = this.#count('campaign/', 'CampaignEnded', 1);
    const before = process.cpuUsage();
    await this.#node.runtime.ask(campaignProtocol, id, { type: 'StartCampaign' });
    await over;
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / calls;
  }

  /** Holds calls, and says what each of them takes, in bytes. */
  async hold(before: Sizes): Promise<{ heap: number; resident: number }> {
    const id = await this.#prepare(heldCalls, heldMs);
    const answered = this.#count('call/', 'CallAnswered', heldCalls);
    const over = this.#count('campaign/', 'CampaignEnded', 1);
    await this.#node.runtime.ask(campaignProtocol, id, { type: 'StartCampaign' });
    await answered;
    const held = sizes();
    await this.#node.hangUpAll('bench');
    await over;
    return {
      heap: (held.heap - before.heap) / heldCalls,
      resident: (held.resident - before.resident) / heldCalls,
    };
  }

  callActors(): number {
    return this.#node.runtime.activations().filter(({ kind }) => kind === 'call' || kind === 'contact').length;
  }

  /** Resolves when actors have left memory and the timers of finished transactions have run out. */
  async settled(): Promise<void> {
    const left = () => sum((this.#node.telephony as SipTelephony).sizes()) + this.callActors();
    for (let seconds = 0; seconds < 120 && left() > 0; seconds += 1) await pause(1000);
  }

  async #prepare(calls: number, eachTalkMs: number): Promise<string> {
    this.#campaigns += 1;
    const id = `bench-${this.#campaigns}`;
    const path = join(this.#folder, `${id}.csv`);
    const number = () => `+1415${2_000_000 + this.#numbers++}`;
    writeFileSync(path, ['phone', ...Array.from({ length: calls }, number)].join('\n'));
    const plan = { prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 30_000, record: false };
    const settings = {
      law: lawNamed(this.#node.laws, practiceLaw),
      trunkId,
      plan: { ...plan, maxTalkMs: eachTalkMs },
      maxCalls: heldCalls,
      callsPerSecond,
      leaseMs: heldMs,
    };
    const loaded = this.#count('campaign/', 'ListLoaded', 1);
    await this.#node.runtime.ask(campaignProtocol, id, { type: 'ConfigureCampaign', settings });
    await this.#node.runtime.ask(campaignProtocol, id, { type: 'LoadList', path });
    await loaded;
    return id;
  }

  /** Resolves when so many events of a type have come from now on. */
  async #count(prefix: 'call/' | 'campaign/', type: string, events: number): Promise<void> {
    const { journal } = this.#node;
    const codec = prefix === 'call/' ? callEvent : campaignEvent;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let left = events;
    const following = journal.subscribe(
      await journal.head(),
      (entries) => {
        for (const { stream, bytes } of entries) {
          if (!stream.startsWith(prefix)) continue;
          for (const event of commit.decode(bytes).events) if (codec.decode(event).type === type) left -= 1;
        }
        if (left <= 0) resolve();
      },
      reject,
    );
    await promise;
    await following.stop();
  }
}

type Sizes = ReturnType<typeof sizes>;

/** What the process holds once the garbage is gone. */
function sizes() {
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, resident: rss, files: readdirSync('/proc/self/fd').length };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
