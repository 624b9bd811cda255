/** What a trunk answers: a channel, or when to ask again. */
import type { ReportHealth, TrunkCommand, TrunkEvent, TrunkReply } from '#proto/generated/trunk.ts';
import { accept, acceptWith, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import { channelsInUse, rateWindow, type TrunkState } from './state.ts';

/** A full trunk is asked again after this long: a call ends every few seconds on a busy one. */
const fullRetryMs = 500;
/** A silent trunk is asked again after this long: it is pinged as often. */
const downRetryMs = 5000;

export function decide(state: TrunkState, command: TrunkCommand, meta: CommandMeta): Decision<TrunkEvent, TrunkReply> {
  switch (command.type) {
    case 'ConfigureTrunk': {
      const { type: _, ...settings } = command;
      if (settings.maxChannels < 1 || !(settings.callsPerSecond > 0)) {
        return reject(
          'TRUNK_LIMITS',
          `Trunk ${meta.actorId} needs at least one channel and a rate above 0: change its limits.`,
        );
      }
      // A gateway that was silent may have been mended: it gets another chance.
      const unchanged = same(state, command) && state.healthy !== false;
      return unchanged ? accept() : accept({ type: 'TrunkConfigured', ...settings });
    }
    case 'ReserveChannel':
      return reserve(state, command.callId, meta);
    case 'ReleaseChannel':
      return command.callId in state.leases ? accept({ type: 'ChannelReleased', callId: command.callId }) : accept();
    case 'ReportHealth':
      return health(state, command, meta.nowMs);
    case 'ExpireLeases': {
      const oldest = meta.nowMs - (state.settings?.leaseMs ?? 0);
      const expired = Object.entries(state.leases).filter(([, takenAtMs]) => takenAtMs <= oldest);
      return accept(...expired.map(([callId]) => ({ type: 'ChannelLeaseExpired' as const, callId, atMs: meta.nowMs })));
    }
    case 'DescribeTrunk':
      return answer({
        type: 'TrunkDescribed',
        uri: state.settings?.uri ?? '',
        maxChannels: state.settings?.maxChannels ?? 0,
        callsPerSecond: state.settings?.callsPerSecond ?? 0,
        channelsInUse: channelsInUse(state),
        ...(state.healthy === undefined ? {} : { healthy: state.healthy }),
        roundTripMs: state.roundTripMs,
      });
  }
}

function reserve(state: TrunkState, callId: string, meta: CommandMeta): Decision<TrunkEvent, TrunkReply> {
  const granted: TrunkReply = { type: 'RouteGranted', trunkId: meta.actorId };
  if (callId in state.leases) return answer(granted);
  if (!state.settings) {
    return reject('TRUNK_UNKNOWN', `Trunk ${meta.actorId} has no settings yet: configure it.`, downRetryMs);
  }
  if (state.healthy === false) {
    return reject(
      'TRUNK_DOWN',
      `Trunk ${meta.actorId} does not answer: check the gateway and the network.`,
      downRetryMs,
    );
  }
  if (channelsInUse(state) >= state.settings.maxChannels) {
    return reject(
      'TRUNK_FULL',
      `All ${state.settings.maxChannels} channels of trunk ${meta.actorId} are in use.`,
      fullRetryMs,
    );
  }
  const { grants, windowMs } = rateWindow(state.settings.callsPerSecond);
  // A node whose clock was ahead may have granted in the future: the rate is not held up until that has come. Clocks
  // that differ by a little are no reason to go over the rate.
  const oldest = state.recentGrants.filter((atMs) => atMs <= meta.nowMs + windowMs).at(-grants);
  if (oldest !== undefined && meta.nowMs < oldest + windowMs) {
    const waitMs = Math.ceil(oldest + windowMs - meta.nowMs);
    return reject(
      'TRUNK_RATE',
      `Trunk ${meta.actorId} takes ${state.settings.callsPerSecond} new calls a second.`,
      waitMs,
    );
  }
  return acceptWith(granted, { type: 'ChannelReserved', callId, atMs: meta.nowMs });
}

/** Only a change is a fact worth keeping. */
function health(state: TrunkState, report: ReportHealth, nowMs: number): Decision<TrunkEvent, TrunkReply> {
  if (report.healthy === state.healthy) return accept();
  const { sipStatus, roundTripMs } = report;
  return report.healthy
    ? accept({ type: 'TrunkWentUp', sipStatus, roundTripMs, atMs: nowMs })
    : accept({ type: 'TrunkWentDown', sipStatus, atMs: nowMs });
}

function same(state: TrunkState, command: TrunkCommand & { type: 'ConfigureTrunk' }): boolean {
  const { settings } = state;
  return (
    settings !== undefined &&
    settings.uri === command.uri &&
    settings.maxChannels === command.maxChannels &&
    settings.callsPerSecond === command.callsPerSecond &&
    settings.leaseMs === command.leaseMs
  );
}
