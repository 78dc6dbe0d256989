import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { DeviceVoice } from "../../src/message/device-voice.ts";
import type { VoiceOptions } from "../../src/voice/contract.ts";
import { level, levelAt, sine } from "../assembly/measure.ts";
import { test } from "./each-edge.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 20_000;

/** The device's clock is the voice path's: each frame it gets it answers with its next one. */
async function playAndListen(device: DeviceVoice, channels: number, hertz: readonly number[], frames: number) {
  const heard = hertz.map((): number[] => []);
  const frame = new Uint8Array(320);
  for (let n = 0; (heard[0]?.length ?? 0) < frames * 160; ) {
    let got = false;
    for (let channel = 0; channel < channels; channel++) {
      if (device.pull(channel, frame) !== 320) continue;
      got = true;
      heard[channel]?.push(...new Int16Array(frame.buffer));
      const samples = sine(hertz[channel] ?? 0, -10, 160, n * 160);
      device.push(channel, "L16", n & 0xffff, new Uint8Array(samples.buffer));
    }
    if (got) n++;
    else await turn();
  }
  return heard.map((samples) => Int16Array.from(samples.slice(-30 * 160)));
}

async function hearEachOther(context: TestContext, options: Partial<VoiceOptions>): Promise<void> {
  const house = await VoiceHouse.open(context, { firstPort: 41_800, ...options });
  const device = house.voice.openDevice("dongle:1", 2);
  house.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  house.perform({ kind: "openUsb", endpoint: "usb:dongle:1:1", format: "L16" });
  house.perform({ kind: "join", a: "usb:dongle:1:0", b: "usb:dongle:1:1" });
  const [first, second] = await playAndListen(device, 2, [600, 1000], 60);
  assert.ok(first !== undefined && second !== undefined);
  assert.ok(levelAt(first, 1000) > -13 && levelAt(first, 600) < -35, `${levelAt(first, 1000)} ${levelAt(first, 600)}`);
  assert.ok(levelAt(second, 600) > -13 && levelAt(second, 1000) < -35);
}

test("two phones of one device hear each other and not themselves", { timeout }, (context) =>
  hearEachOther(context, {}),
);

test("two phones of a device with frames of 20 ms hear each other in frames of 10", { timeout }, (context) =>
  hearEachOther(context, { frameMs: 10 }),
);

test("a phone hears the dial tone, then its caller ID is sent and told", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context, { firstPort: 41_900 });
  const device = house.voice.openDevice("dongle:1", 1);
  house.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  house.perform({ kind: "tone", endpoint: "usb:dongle:1:0", tone: "dial", country: "DE" });
  const [heard] = await playAndListen(device, 1, [0], 40);
  assert.ok(heard !== undefined && Math.abs(level(heard) + 12) < 1.5, "the dial tone of Germany");
  house.perform({ kind: "tone", endpoint: "usb:dongle:1:0", tone: null, country: "DE" });
  const endpoint = "usb:dongle:1:0";
  house.perform({ kind: "callerId", endpoint, standard: "v23", number: "611", name: "Ann" });
  assert.equal((await house.until("callerIdSent")).endpoint, endpoint);
});

test("devices come and go; one that is gone has no channels", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context, { firstPort: 42_000, usbChannels: 3 });
  const first = house.voice.openDevice("base:1", 2);
  assert.throws(() => house.voice.openDevice("dongle:1", 2), /dongle:1 has 2 voice channels, 1 are left/);
  house.perform({ kind: "openUsb", endpoint: "usb:base:1:0", format: "PCMA" });
  const told: unknown[] = [];
  first.onChannel = (channel, format) => told.push([channel, format]);
  first.close();
  assert.deepEqual(told, [[0, null]]);
  house.voice.openDevice("dongle:1", 3);
  house.perform({ kind: "openUsb", endpoint: "usb:base:1:0", format: "PCMA" });
  const failed = await house.until("endpointFailed");
  assert.equal(failed.reason, "no channel usb:base:1:0: its device is not attached");
});
