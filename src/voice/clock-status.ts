import * as layout from "../../assembly/layout.ts";
import type { Endpoint } from "../message/name.ts";
import type { ClockDrift, ClockStatus } from "./contract.ts";
import { kernelAddress, type VoiceMap } from "./map.ts";

interface Channel {
  readonly endpoint: Endpoint;
  /** In the memory map. */
  readonly index: number;
  readonly isOpen: boolean;
}

/** What assembly/ring/drift-in.ts and drift-out.ts know of the clock behind a channel. */
export function clockStatus(map: VoiceMap, { endpoint, index, isOpen }: Channel): ClockStatus {
  const drift = (kernel: number): ClockDrift => {
    const at = kernelAddress(index, kernel);
    const ppb = map.word(at + layout.DRIFT_KNOWN);
    return {
      ppm: ppb === 0 ? null : Math.round(ppb / 100) / 10,
      resampled: isOpen && map.word(at + layout.DRIFT_ON) !== 0,
    };
  };
  return { endpoint, sends: drift(layout.KERNEL_DRIFT_IN), takes: drift(layout.KERNEL_DRIFT_OUT) };
}
