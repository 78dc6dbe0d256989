/** The voice path in a process with the rights it was given: prints what status says of its priority, as JSON. */
import { systemClock } from "../../../src/vendor/clock/clock.ts";
import { startVoice } from "../../../src/voice/voice.ts";

const [, , edge] = process.argv;
const options = {
  address: "127.0.0.1",
  firstPort: 41_900,
  streams: 1,
  usbChannels: 0,
  jitterMs: 40,
  rtpTimeoutMs: 1000,
};
const asked = { edge: edge === "dgram" ? "dgram" : "auto", priority: "realtime" } as const;
const voice = await startVoice({ ...options, ...asked }, () => {}, systemClock);
process.stdout.write(JSON.stringify((await voice.status()).priority));
await voice.close();
