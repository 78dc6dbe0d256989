import type { DectEvent } from "../../message/dect.ts";
import type { FxsEvent } from "../../message/fxs.ts";
import type { House } from "../../message/plan.ts";
import type { DeviceView, LineView } from "../../message/view.ts";

type Attached = Extract<DectEvent | FxsEvent, { readonly kind: "attached" }>;

/** Of the state that a journal's segment begins with, what the rules go by. */
export interface Restored {
  readonly house: House;
  readonly streams: number;
  readonly memory: string;
  readonly lines: readonly LineView[];
  /** What the devices that are there said of themselves. */
  readonly devices: readonly Attached[];
}

export function readRestored(state: string): Restored {
  const { house, voice, memory, parties } = JSON.parse(state) as {
    house: House;
    voice: { ports: readonly unknown[] };
    memory: string;
    parties: {
      lines: readonly LineView[];
      devices: readonly { readonly view: DeviceView; readonly announced: Attached | null }[];
    };
  }; // written by `snapshot`
  const devices = parties.devices.flatMap(({ view, announced }) =>
    view.attached && announced !== null ? [announced] : [],
  );
  return { house, streams: voice.ports.length, memory, lines: parties.lines, devices };
}
