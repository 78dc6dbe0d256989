import assert from "node:assert/strict";
import { test } from "node:test";
import { MessagePort } from "node:worker_threads";
import type { ToWorker } from "../../src/voice/messages.ts";
import { VoiceHouse } from "./house.ts";

test("a worker that a message can not be posted to begins anew: what was to be closed there is not left open", {
  timeout: 20_000,
}, async (t) => {
  const house = await VoiceHouse.open(t, { firstPort: 41_900, lastPort: 41_903, streams: 2, edge: "dgram" });
  const device = house.voice.openDevice("dongle:1", 1);
  house.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  const open = async () => (await house.voice.status()).streams.map(({ endpoint }) => endpoint);
  assert.deepEqual(await open(), ["usb:dongle:1:0"]);
  const { postMessage } = MessagePort.prototype;
  const lossy = t.mock.method(MessagePort.prototype, "postMessage", function (this: MessagePort, message: ToWorker) {
    if (message.kind === "perform") throw new Error("no memory is left for the message");
    postMessage.call(this, message);
  });
  house.perform({ kind: "close", endpoint: "usb:dongle:1:0" });
  lossy.mock.restore();
  await house.until("lost");
  await house.until("ready", 2);
  assert.deepEqual(await open(), []);
  device.close();
});
