/** What the agents of a demo have done so far, folded from the journal. */
import type { StoredEntry } from '#ports/journal.ts';
import { type AgentDocument, apply } from '#projections/models/agents.ts';
import { agentEvent } from '#proto/generated/agent.ts';
import { commit } from '#proto/generated/envelope.ts';

export interface Floor {
  /** Takes entries of the journal in order; those of others are passed over. */
  apply(entries: readonly StoredEntry[]): void;
  /** How many agents are in each phase. */
  phases(): ReadonlyMap<string, number>;
  /** On the phone so far, hours of all agents together. */
  agentHours(nowMs: number): number;
  /** Talk so far, minutes, with what is not over. */
  talkMinutes(nowMs: number): number;
}

/** Follows these agents. */
export function followFloor(agentIds: readonly string[]): Floor {
  const documents = new Map<string, AgentDocument | undefined>(agentIds.map((agentId) => [agentId, undefined]));
  const talking = new Map<string, number>();
  const sum = (of: (document: AgentDocument, agentId: string) => number) =>
    [...documents].reduce((total, [agentId, document]) => total + (document ? of(document, agentId) : 0), 0);

  return {
    apply(entries) {
      for (const { stream, version, atMs, bytes } of entries) {
        const id = stream.startsWith('agent/') ? stream.slice('agent/'.length) : '';
        if (!documents.has(id)) continue;
        for (const encoded of commit.decode(bytes).events) {
          const event = agentEvent.decode(encoded);
          documents.set(id, apply(documents.get(id), event, { stream, id, version, atMs }));
          if (event.type === 'AgentConnected') talking.set(id, event.atMs);
          if (event.type === 'TalkEnded' || event.type === 'SignedOut') talking.delete(id);
        }
      }
    },
    phases() {
      const phases = new Map<string, number>();
      for (const document of documents.values()) {
        const phase = document?.phase ?? 'offline';
        phases.set(phase, (phases.get(phase) ?? 0) + 1);
      }
      return phases;
    },
    agentHours: (nowMs) =>
      sum(({ shiftMs, shiftBeganAtMs }) => shiftMs + (shiftBeganAtMs > 0 ? Math.max(0, nowMs - shiftBeganAtMs) : 0)) /
      3_600_000,
    talkMinutes: (nowMs) =>
      sum(({ talkMs }, agentId) => {
        const sinceMs = talking.get(agentId);
        return talkMs + (sinceMs === undefined ? 0 : Math.max(0, nowMs - sinceMs));
      }) / 60_000,
  };
}
