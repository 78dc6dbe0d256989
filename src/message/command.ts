import type { DectCommand } from "./dect.ts";
import type { FxsCommand } from "./fxs.ts";
import type { NotifyCommand } from "./notify.ts";
import type { SipCommand } from "./sip.ts";
import type { StoreCommand } from "./store.ts";
import type { TimerCommand } from "./timer.ts";
import type { VoiceCommand } from "./voice.ts";
import type { WatchdogCommand } from "./watchdog.ts";

/** Everything that leaves the upper half. Plain, readonly, serialisable. */
export type Command =
  | SipCommand
  | DectCommand
  | FxsCommand
  | VoiceCommand
  | TimerCommand
  | StoreCommand
  | NotifyCommand
  | WatchdogCommand;
