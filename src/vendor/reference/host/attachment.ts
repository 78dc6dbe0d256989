import type { DectCommand } from "../../../message/dect.ts";
import type { FxsCommand } from "../../../message/fxs.ts";
import type { AttachedDevice, FamilyContext } from "../../family.ts";
import type { DeviceEvent } from "../wire/event-frame.ts";
import { wordsOf } from "./bus-fault.ts";
import type { Connection } from "./connection.ts";
import { runEventLoop } from "./event-loop.ts";
import { VoiceLoop } from "./voice-loop.ts";

/** What a family does with a device of its own, once the connection stands. */
export interface Translator {
  /** Events of the family. Those of every reference device are handled here. */
  handle(event: DeviceEvent): void;
  perform(command: DectCommand | FxsCommand): void;
  /** The device is gone or given up: says so upwards, and lets its timers go. Called once. */
  close(reason: string): void;
}

/** Puts a connected device to work: its events and its voice, until it is gone. */
export function putToWork(connection: Connection, context: FamilyContext, translator: Translator): AttachedDevice {
  const voice = new VoiceLoop(connection, context, context.openVoice(connection.identification.channels));
  let closed = false;
  const close = (reason: string): void => {
    if (closed) return;
    closed = true;
    translator.close(reason);
    voice.close();
  };
  connection.onFail = close;
  const handle = (event: DeviceEvent): void => {
    if (event.kind === "restarted") connection.fail("the device started again by itself");
    else if (event.kind === "quiesced") connection.fail("the device ended the session");
    else if (event.kind !== "unknown") translator.handle(event);
  };
  runEventLoop(connection, context, handle).catch((error: unknown) => connection.fail(wordsOf(error)));
  return {
    gone: connection.gone,
    perform(command): void {
      if (!closed) translator.perform(command);
    },
    async detach(): Promise<void> {
      close("detached");
      await connection.close();
    },
  };
}
