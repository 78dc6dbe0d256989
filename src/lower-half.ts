import type { Command } from "./message/command.ts";
import type { DectCommand } from "./message/dect.ts";
import type { FxsCommand } from "./message/fxs.ts";
import type { NotifyCommand } from "./message/notify.ts";
import type { SipCommand } from "./message/sip.ts";
import type { StoreCommand } from "./message/store.ts";
import type { TimerCommand } from "./message/timer.ts";
import { unreachable } from "./message/units.ts";
import type { VoiceCommand } from "./message/voice.ts";
import type { WatchdogCommand } from "./message/watchdog.ts";

interface Performer<C> {
  perform(command: C): void;
}

/** Who carries out what, world by world. Null: that part of the house is not built yet, or gone. */
export interface LowerHalf {
  sip: Performer<SipCommand> | null;
  devices: Performer<DectCommand | FxsCommand> | null;
  voice: Performer<VoiceCommand> | null;
  timers: Performer<TimerCommand> | null;
  store: Performer<StoreCommand> | null;
  notify: Performer<NotifyCommand> | null;
  watchdog: Performer<WatchdogCommand> | null;
}

/** Hands a command to the part of its world. What a part throws is a bug there; the other commands still go out. */
export function perform(lower: LowerHalf, command: Command, report: (problem: string) => void): void {
  try {
    dispatch(lower, command);
  } catch (fault) {
    const words = fault instanceof Error ? fault.message : String(fault);
    report(`${command.world} could not do ${command.kind}: ${words}`);
  }
}

function dispatch(lower: LowerHalf, command: Command): void {
  switch (command.world) {
    case "sip":
      return lower.sip?.perform(command);
    case "dect":
    case "fxs":
      return lower.devices?.perform(command);
    case "voice":
      return lower.voice?.perform(command);
    case "timer":
      return lower.timers?.perform(command);
    case "store":
      return lower.store?.perform(command);
    case "notify":
      return lower.notify?.perform(command);
    case "watchdog":
      return lower.watchdog?.perform(command);
    default:
      return unreachable(command);
  }
}
