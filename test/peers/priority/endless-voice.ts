/** A voice path with real-time priority whose first tick never ends; prints what becomes of it. */
import { systemClock } from "../../../src/vendor/clock/clock.ts";
import { voiceAssets } from "../../../src/voice/assets.ts";
import { startVoice } from "../../../src/voice/voice.ts";
import { endlessModule } from "../../voice/trapping-module.ts";

const closing: (() => void)[] = [];
const options = {
  address: "127.0.0.1",
  firstPort: 42_900,
  streams: 1,
  usbChannels: 0,
  jitterMs: 40,
  rtpTimeoutMs: 1000,
};
const wasm = endlessModule({ after: (close) => void closing.push(close as () => void) }); // it takes no argument
const voice = await startVoice(
  { ...options, priority: "realtime" },
  (event) => {
    if (event.world !== "voice" || event.kind !== "lost") return;
    process.stdout.write("lost\n");
    void voice.close().then(() => {
      for (const close of closing) close();
    });
  },
  systemClock,
  { ...voiceAssets(), wasm },
);
process.stdout.write("runs\n");
