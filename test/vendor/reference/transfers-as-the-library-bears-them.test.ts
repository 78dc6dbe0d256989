import assert from "node:assert/strict";
import { test } from "node:test";
import type { VoiceFormat } from "../../../src/message/media.ts";
import { ms } from "../../../src/message/units.ts";
import { referenceBase } from "../../../src/vendor/dect/reference/family.ts";
import type { UsbDevice } from "../../../src/vendor/family.ts";
import { referenceDongle } from "../../../src/vendor/fxs/reference/family.ts";
import { PACKET } from "../../../src/vendor/reference/wire/descriptor.ts";
import { Bench, settle } from "./bench.ts";
import { ScriptedDevice } from "./scripted-device.ts";

interface Asked {
  readonly what: string;
  readonly octets: number;
  readonly timeoutMs: unknown;
}

/** The device, with a note of every transfer: how many octets, how long it may take, and how many at a time. */
function watched(device: ScriptedDevice) {
  const asked: Asked[] = [];
  const pending = new Map<string, number>();
  let most = 0;
  const note = async (what: string, args: readonly unknown[], run: () => Promise<unknown>): Promise<unknown> => {
    const [first, second, timeoutMs] = args;
    const octets = second instanceof Uint8Array ? second.length : Number(second);
    const key = `${what} ${typeof first === "number" ? first : 0}`;
    asked.push({ what, octets, timeoutMs });
    pending.set(key, (pending.get(key) ?? 0) + 1);
    most = Math.max(most, pending.get(key) ?? 0);
    try {
      return await run();
    } finally {
      pending.set(key, (pending.get(key) ?? 0) - 1);
    }
  };
  const proxy = new Proxy(device, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (!String(name).toLowerCase().includes("transfer")) return value.bind(target);
      return (...args: unknown[]) => note(String(name), args, () => Reflect.apply(value, target, args));
    },
  });
  const usb: UsbDevice = proxy;
  return { usb, asked, most: () => most };
}

/** Every channel of the device open in this format, and 50 frames each way. */
async function streamed(kind: "base" | "dongle", channels: number, format: VoiceFormat) {
  const bench = new Bench();
  const device = new ScriptedDevice(kind, "S1", channels);
  const { usb, asked, most } = watched(device);
  const attached = await bench.attach(kind === "base" ? referenceBase() : referenceDongle(), usb);
  for (let channel = 0; channel < channels; channel++) bench.voice.open(channel, format);
  await settle();
  for (let sequence = 0; sequence < 50; sequence++) {
    device.voice({ sequence });
    await settle();
  }
  await attached.detach();
  return { asked, most: most() };
}

for (const [kind, channels, format] of [
  ["dongle", 1, "PCMA"],
  ["dongle", 4, "L16"],
  ["base", 8, "L16"],
] as const)
  test(`a ${kind} with ${channels} channels of ${format}: one transfer for all of them, none at the mercy of a timeout`, async () => {
    const { asked, most } = await streamed(kind, channels, format);
    const of = (what: string) => asked.filter((one) => one.what === what);
    assert.equal(of("transferOut").length, 50);
    for (const { what, timeoutMs } of asked) assert.equal(timeoutMs, 1000, what);
    const longest = 20 + channels * (6 + 320) + 2 + 1;
    for (const { octets } of of("transferIn")) assert.equal(octets % PACKET, 0);
    assert.ok(of("transferIn").some(({ octets }) => octets >= longest));
    for (const { octets } of of("transferOut")) assert.notEqual(octets % PACKET, 0);
    assert.equal(most, 1);
  });

/** A device whose node is not ours for the first `times`. */
function denied(times: number): ScriptedDevice {
  const device = new ScriptedDevice("dongle");
  const open = device.open.bind(device);
  let left = times;
  device.open = async () => {
    device.log.push("tries to open");
    if (left-- > 0) throw new Error("open error: permission denied (errno 13)");
    await open();
  };
  return device;
}

test("a device node that udev has not given to us yet is waited for, without a word", async () => {
  const bench = new Bench();
  const device = denied(2);
  const attaching = bench.attach(referenceDongle(), device);
  for (const wait of [60, 120]) {
    await settle();
    assert.equal(device.opened, false);
    bench.clock.advance(ms(wait));
  }
  const attached = await attaching;
  assert.deepEqual(bench.reports, []);
  assert.deepEqual(bench.kinds(), ["attached"]);
  await attached.detach();
});

test("a device node that stays denied is told with the way out, after four tries in 420 ms", async () => {
  const bench = new Bench();
  const device = denied(99);
  const attaching = bench.attach(referenceDongle(), device);
  const refused = assert.rejects(attaching, /permission denied \(errno 13\) - allow it by a udev rule/);
  for (const wait of [60, 120, 240]) {
    await settle();
    bench.clock.advance(ms(wait));
  }
  await refused;
  assert.equal(device.log.filter((line) => line === "tries to open").length, 4);
  assert.equal(bench.clock.pending, 0);
});

test("a device that is reset because it stalls is not taken for one that was unplugged", async () => {
  const bench = new Bench();
  const device = new ScriptedDevice("dongle");
  const attached = await bench.attach(referenceDongle(), device);
  await settle();
  for (let stall = 0; stall < 4; stall++) {
    device.failRead(2, "transferIn error: Stall");
    await settle();
  }
  assert.equal(await attached.gone, "endpoint 2 in stalls again and again");
  assert.deepEqual(device.log.slice(-3), ["reset", "release 0", "close"]);
  assert.equal(bench.clock.pending, 0);
});
