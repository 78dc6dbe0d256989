import * as layout from "../../assembly/layout.ts";
import type { VoiceOptions } from "./contract.ts";

/** Throws with a sentence that names the first option out of its bounds, its value and the bounds. */
export function checkOptions(options: VoiceOptions): void {
  const check = (name: keyof VoiceOptions, value: number, most: number) => {
    if (Number.isInteger(value) && value >= 0 && value <= most) return;
    throw new Error(`voice ${name} = ${value}: give a whole number from 0 to ${most}`);
  };
  check("streams", options.streams, layout.MAX_RTP);
  check("usbChannels", options.usbChannels, layout.MAX_USB);
  const { jitterMs, jitterMinMs = jitterMs, jitterMaxMs = jitterMs } = options;
  check("jitterMs", jitterMs, Math.min(200, jitterMaxMs));
  check("jitterMinMs", jitterMinMs, jitterMs);
  check("jitterMaxMs", jitterMaxMs, 200);
  const { frameMs = 20, codecs = [] } = options;
  if (frameMs !== 10 && frameMs !== 20) throw new Error(`voice frameMs = ${frameMs}: give 10 or 20`);
  const long = codecs.find((codec) => codec.frameMs === 30);
  if (frameMs === 20 && long !== undefined)
    throw new Error(`voice frameMs = 20: codec ${long.name} has frames of 30 ms, give 10 or take it out`);
  check("firstPort", options.firstPort, 65534);
  check("rtpTimeoutMs", options.rtpTimeoutMs, 86_400_000);
}
