/** The gateway's voice path in a process of its own: `startVoice` and its worker as bundled, told what to do by its parent. */
import type { VoiceCommand } from "../../src/message/voice.ts";
import { systemClock } from "../../src/vendor/clock/clock.ts";
import { voiceAssets } from "../../src/voice/assets.ts";
import type { EdgeChoice, PriorityChoice } from "../../src/voice/contract.ts";
import { startVoice } from "../../src/voice/voice.ts";

const [, , edge = "auto", streams = "64", dist = "", priority = "nice"] = process.argv;

const options = {
  address: "127.0.0.1",
  firstPort: 30_000,
  streams: Number(streams),
  usbChannels: 0,
  jitterMs: 60,
  rtpTimeoutMs: 60_000,
  edge: edge as EdgeChoice, // Both written by bench/path/offhook.ts.
  priority: priority as PriorityChoice,
};
export const voice = await startVoice(
  options,
  (event) => {
    if (event.world === "voice" && event.kind === "ready") process.send?.({ ports: event.rtp.map(({ port }) => port) });
    else if (event.world === "voice" && event.kind === "endpointFailed") throw new Error(event.reason);
  },
  systemClock,
  voiceAssets(dist),
);
process.on("message", (message: VoiceCommand | string) => {
  if (message === "status") void voice.status().then((status) => process.send?.({ status }));
  else if (typeof message !== "string") voice.perform(message);
});
process.on("disconnect", () => void voice.close().then(() => process.exit()));
