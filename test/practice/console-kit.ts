/** A node, the phones of a floor and an operator at the console, over real SIP: what is typed is done for agents. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#ports/system-clock.ts';
import { startPracticeAgents } from '#practice/start.ts';
import { type AgentDescribed, type AgentEvent, agentProtocol } from '#proto/generated/agent.ts';
import { type CallEvent, callProtocol } from '#proto/generated/call.ts';
import { type CampaignSettings, campaignProtocol } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { makeDesk } from '#repl/desk.ts';
import { replOptions } from '#repl/open.ts';
import { kinds } from '#scripts/kinds.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';

/** Name of the operator who types. */
export const operator = 'wang';
const lookEveryMs = 20;
const leaseMs = 5 * 60_000;

export class Console {
  readonly #node: CallboardNode;
  readonly #folder: string;
  readonly #stops: (() => Promise<unknown>)[] = [];
  /** Whoever still waits for something then waits in vain. */
  #isOver = false;

  private constructor(node: CallboardNode, folder: string) {
    this.#node = node;
    this.#folder = folder;
  }

  /** `trunks`: where each leads to. */
  static async open(trunks: Readonly<Record<string, string>>): Promise<Console> {
    const folder = mkdtempSync(join(tmpdir(), 'callboard-console-'));
    const limits = { maxChannels: 5, callsPerSecond: 5 };
    const named = Object.fromEntries(Object.entries(trunks).map(([trunkId, uri]) => [trunkId, { uri, ...limits }]));
    const node = await startNode(loadConfig({ overrides: { dataFolder: join(folder, 'data'), trunks: named } }));
    for (const [trunkId, uri] of Object.entries(trunks)) {
      await node.runtime.ask(trunkProtocol, trunkId, { type: 'ConfigureTrunk', uri, ...limits, leaseMs });
    }
    return new Console(node, folder);
  }

  get laws(): CallboardNode['laws'] {
    return this.#node.laws;
  }

  /** A campaign that has read the numbers, and is not started. */
  async campaign(campaignId: string, settings: CampaignSettings, numbers: readonly string[]): Promise<void> {
    const { runtime } = this.#node;
    const path = join(this.#folder, `${campaignId}.csv`);
    writeFileSync(path, `phone,timezone\n${numbers.map((number) => `${number},America/New_York`).join('\n')}\n`);
    await runtime.ask(campaignProtocol, campaignId, { type: 'ConfigureCampaign', settings: { ...settings, leaseMs } });
    await runtime.ask(campaignProtocol, campaignId, { type: 'LoadList', path });
    for (let loading = true; loading && !this.#isOver; await pause(lookEveryMs)) {
      const described = await runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' });
      loading = !described.ok || described.reply?.loading !== false;
    }
  }

  async start(campaignId: string): Promise<void> {
    const started = await this.#node.runtime.ask(campaignProtocol, campaignId, { type: 'StartCampaign' });
    if (!started.ok) throw new Error(started.rejection.message);
  }

  /** Phones on one floor, which can burn: `burn` ends them all. `host` is where more of them can be called. */
  async floor(
    agentIds: readonly string[],
    campaigns: readonly string[],
    seed: number,
  ): Promise<{ readonly host: string; readonly burn: () => Promise<unknown> }> {
    const phones = await startPracticeAgents({ seed });
    const burn = () => phones.stop();
    this.#stops.push(burn);
    const host = phones.uri.replace(/^sip:/, '');
    for (const agentId of agentIds) {
      const profile = { phoneUri: `sip:${agentId}@${host}`, skills: [], languages: [], campaigns };
      await this.#node.runtime.ask(agentProtocol, agentId, { type: 'ConfigureAgent', profile });
    }
    return { host, burn };
  }

  /** A line at the console, as Moleculer's takes it apart. What it prints. */
  async type(line: string): Promise<string> {
    const { broker, runtime, vault } = this.#node;
    const printed: string[] = [];
    const print = (text: string) => printed.push(text);
    const names = kinds.map(({ protocol }) => protocol.kind);
    const desk = makeDesk({ broker, runtime, vault, clock: systemClock, operator, kinds: names, print });
    const [name, ...args] = line.split(' ');
    const command = replOptions(desk).customCommands.find((each) => each.command.split(' ')[0] === name);
    const parsed = { args, opts: () => ({}), params: { options: {} } };
    command?.parse(parsed);
    await command?.action(undefined as never, parsed.params);
    return printed.join('\n');
  }

  /** Types it again and again until the answer is such. */
  async untilSaid(line: string, answer: RegExp): Promise<void> {
    while (!this.#isOver && !answer.test(await this.type(line))) await pause(lookEveryMs);
  }

  async agent(agentId: string): Promise<AgentDescribed | undefined> {
    const described = await this.#node.runtime.ask(agentProtocol, agentId, { type: 'DescribeAgent' });
    return described.ok ? described.reply : undefined;
  }

  /** Until the agent is in that phase, with that call where one is named. */
  async until(agentId: string, phase: string, callId?: string): Promise<void> {
    while (!this.#isOver) {
      const is = await this.agent(agentId);
      if (is?.phase === phase && (callId === undefined || is.callId === callId)) return;
      await pause(lookEveryMs);
    }
  }

  /** Until an event of the call has happened so often. */
  async untilCall(callId: string, event: CallEvent['type'], times = 1): Promise<void> {
    while (!this.#isOver && (await this.callEvents(callId)).filter(({ type }) => type === event).length < times) {
      await pause(lookEveryMs);
    }
  }

  /** Whom the call is to. */
  async contactOf(callId: string): Promise<string> {
    const [requested] = await this.callEvents(callId);
    return requested?.type === 'CallRequested' ? requested.contactId : '';
  }

  /** An operator ends it. */
  async hangUp(callId: string): Promise<void> {
    await this.#node.runtime.ask(callProtocol, callId, { type: 'HangUp', by: operator });
  }

  async callEvents(callId: string): Promise<readonly CallEvent[]> {
    return (await this.#commits(`call/${callId}`)).map((event) => callProtocol.event.decode(event));
  }

  async agentEvents(agentId: string): Promise<readonly AgentEvent[]> {
    return (await this.#commits(`agent/${agentId}`)).map((event) => agentProtocol.event.decode(event));
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const stop of this.#stops.reverse()) await stop();
    await this.#node.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #commits(stream: string): Promise<readonly Uint8Array[]> {
    return (await this.#node.journal.read(stream, 0)).flatMap(({ bytes }) => commit.decode(bytes).events);
  }
}
