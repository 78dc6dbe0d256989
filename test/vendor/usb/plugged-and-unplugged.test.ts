import assert from "node:assert/strict";
import { test } from "node:test";
import type { DectCommand } from "../../../src/message/dect.ts";
import type { Event } from "../../../src/message/event.ts";
import type { DeviceName } from "../../../src/message/name.ts";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { referenceBase } from "../../../src/vendor/dect/reference/family.ts";
import { type Devices, startDevices } from "../../../src/vendor/devices.ts";
import type { UsbBus, UsbDevice } from "../../../src/vendor/family.ts";
import { referenceDongle } from "../../../src/vendor/fxs/reference/family.ts";
import { settle, TestVoice } from "../reference/bench.ts";
import { ScriptedDevice } from "../reference/scripted-device.ts";

class World implements UsbBus {
  readonly clock = new VirtualClock(1000);
  readonly events: Event[] = [];
  readonly reports: string[] = [];
  readonly voices: DeviceName[] = [];
  readonly #plugged = new Set<UsbDevice>();
  readonly #listeners = new Set<() => void>();
  devices: Devices;
  broken = false;

  constructor(...plugged: readonly UsbDevice[]) {
    for (const device of plugged) this.#plugged.add(device);
    this.devices = startDevices({
      buses: [this],
      families: [referenceBase(), referenceDongle()],
      clock: this.clock,
      post: (event) => this.events.push(event),
      openVoice: (device) => {
        this.voices.push(device);
        return new TestVoice();
      },
      report: (problem) => this.reports.push(problem),
    });
  }

  async getDevices(): Promise<readonly UsbDevice[]> {
    if (this.broken) throw new Error("no listing today");
    return [...this.#plugged];
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  async plug(device: UsbDevice): Promise<void> {
    this.#plugged.add(device);
    for (const listener of this.#listeners) listener();
    await this.devices.scan();
    await settle();
  }

  async unplug(device: ScriptedDevice): Promise<void> {
    this.#plugged.delete(device);
    device.unplug();
    for (const listener of this.#listeners) listener();
    await this.devices.scan();
    await settle();
  }

  story(): string[] {
    return this.events.map((event) => {
      if (event.kind === "attached") return `attached ${event.world === "dect" ? event.base : event.dongle}`;
      if (event.kind === "detached")
        return `detached ${event.world === "dect" ? event.base : event.dongle}: ${event.reason}`;
      return event.kind;
    });
  }
}

/** Another object for the same device, as the library gives at each look. */
function lookAt(device: ScriptedDevice, handle: unknown): UsbDevice {
  return new Proxy(device, {
    get(target, name) {
      if (name === "handle") return handle;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function base(serial: string, ...handsets: number[]): ScriptedDevice {
  const device = new ScriptedDevice("base", serial, 4);
  device.subscriptions = handsets.map((handset) => ({ handset, located: true, ipui: "00", formats: ["L16"] }));
  return device;
}

const SETUP: DectCommand = {
  world: "dect",
  kind: "setup",
  handset: "handset:1",
  call: "cc:out-1",
  caller: { number: null, name: null },
  signal: "alertingExternal",
  channel: 0,
};

test("what is plugged at the start is attached, whatever it is, and what nobody claims is left alone", async () => {
  const stranger = new ScriptedDevice("dongle");
  Object.defineProperty(stranger, "productId", { value: 0x0bad });
  const world = new World(base("B1", 1, 2), new ScriptedDevice("dongle", "D1"), stranger);
  await world.devices.scan();
  assert.deepEqual(world.story(), ["attached base:1", "attached dongle:1"]);
  assert.deepEqual(world.voices, ["base:1", "dongle:1"]);
  assert.equal(stranger.opened, false);
  assert.deepEqual(
    world.devices.list().map(({ device, serial, attached, phones }) => [device, serial, attached, phones]),
    [
      ["base:1", "B1", true, ["handset:1", "handset:2"]],
      ["dongle:1", "D1", true, ["port:1", "port:2"]],
    ],
  );
  await world.devices.close();
});

test("a device that comes back has its name and numbers again, however it was ordered", async () => {
  const first = new ScriptedDevice("dongle", "D1");
  const world = new World(first, new ScriptedDevice("dongle", "D2", 4));
  await world.devices.scan();
  await world.unplug(first);
  await world.plug(new ScriptedDevice("dongle", "D3", 1));
  await world.plug(new ScriptedDevice("dongle", "D1"));
  assert.deepEqual(
    world.devices.list().map(({ device, serial, phones }) => [device, serial, ...phones]),
    [
      ["dongle:2", "D2", "port:3", "port:4", "port:5", "port:6"],
      ["dongle:3", "D3", "port:7"],
      ["dongle:1", "D1", "port:1", "port:2"],
    ],
  );
  await world.devices.close();
});

test("a second base numbers its handsets from 11", async () => {
  const world = new World(base("B1", 1, 2, 3), base("B2", 1, 4));
  await world.devices.scan();
  assert.deepEqual(
    world.devices.list().map(({ phones }) => phones),
    [
      ["handset:1", "handset:2", "handset:3"],
      ["handset:11", "handset:14"],
    ],
  );
  await world.devices.close();
});

test("two devices without a serial number are two devices", async () => {
  const world = new World(new ScriptedDevice("dongle", ""), new ScriptedDevice("dongle", ""));
  await world.devices.scan();
  assert.deepEqual(
    world.devices.list().map(({ device }) => device),
    ["dongle:1", "dongle:2"],
  );
  await world.devices.close();
});

test("a device that is unplugged is detached exactly once, and its phones are gone", async () => {
  const device = base("B1", 1);
  const world = new World(device);
  await world.devices.scan();
  await world.unplug(device);
  assert.deepEqual(world.story(), ["attached base:1", "detached base:1: unplugged"]);
  assert.deepEqual(world.devices.list(), []);
  world.clock.advance(ms(60_000));
  await settle();
  assert.equal(world.events.length, 2);
  await world.devices.close();
  assert.equal(world.events.length, 2);
});

test("a setup to a handset whose base is absent is answered as not in range, all other commands by nothing", async () => {
  const world = new World();
  await world.devices.scan();
  world.devices.perform(SETUP);
  world.devices.perform({ world: "dect", kind: "release", handset: "handset:1", call: "cc:out-1", reason: "normal" });
  world.devices.perform({ world: "fxs", kind: "stopRing", port: "port:1" });
  assert.deepEqual(world.events, [
    { world: "dect", kind: "released", at: 1000, handset: "handset:1", call: "cc:out-1", reason: "notInRange" },
  ]);
  await world.devices.close();
});

test("commands reach the device that has the handset or the port", async () => {
  const [first, second] = [base("B1", 1), base("B2", 1)];
  const dongle = new ScriptedDevice("dongle");
  const world = new World(first, second, dongle);
  await world.devices.scan();
  world.devices.perform({ ...SETUP, handset: "handset:11" });
  world.devices.perform({ world: "fxs", kind: "linefeed", port: "port:2", feed: "reverseActive" });
  await settle();
  assert.equal(first.links.length, 0);
  assert.equal(second.links.length, 1);
  assert.equal(dongle.registers[1]?.[64], 5);
  await world.devices.close();
});

test("a device that cannot be attached is tried again, each time later, until it can", async () => {
  const device = new ScriptedDevice("dongle");
  device.refuses.add("identify");
  const world = new World(device);
  await world.devices.scan();
  for (const wait of [500, 1000, 2000]) {
    world.clock.advance(ms(wait - 1));
    await settle();
    const tried = device.log.filter((line) => line === "open").length;
    world.clock.advance(ms(1));
    await settle();
    assert.equal(device.log.filter((line) => line === "open").length, tried + 1);
  }
  assert.equal(world.reports.length, 4);
  assert.match(world.reports[0] ?? "", /^dongle:1: cannot be started: .*stalled/);
  device.refuses.clear();
  world.clock.advance(ms(4000));
  await settle();
  assert.deepEqual(world.story(), ["attached dongle:1"]);
  await world.devices.close();
});

test("a device that fails while it stays plugged is detached and attached anew", async () => {
  const device = new ScriptedDevice("dongle");
  const world = new World(device);
  await world.devices.scan();
  device.event({ kind: "restarted" });
  await settle();
  world.clock.advance(ms(500));
  await settle();
  assert.deepEqual(world.story(), [
    "attached dongle:1",
    "detached dongle:1: the device started again by itself",
    "attached dongle:1",
  ]);
  await world.devices.close();
});

test("a device that has never worked holds no numbers back from others", async () => {
  const dead = new ScriptedDevice("dongle", "D1");
  dead.refuses.add("identify");
  const world = new World(dead, new ScriptedDevice("dongle", "D2"));
  await world.devices.scan();
  dead.refuses.clear();
  world.clock.advance(ms(500));
  await settle();
  assert.deepEqual(
    world.devices.list().map(({ device, phones }) => [device, ...phones]),
    [
      ["dongle:1", "port:3", "port:4"],
      ["dongle:2", "port:1", "port:2"],
    ],
  );
  await world.devices.close();
});

test("a listing that fails changes nothing and is reported", async () => {
  const device = new ScriptedDevice("dongle");
  const world = new World(device);
  await world.devices.scan();
  world.broken = true;
  await world.devices.scan();
  assert.deepEqual(world.reports, ["USB devices could not be listed: no listing today"]);
  assert.equal(world.devices.list().length, 1);
  await world.devices.close();
});

test("a bus that gives new objects at every look has one device all the same", async () => {
  const device = new ScriptedDevice("dongle");
  const world = new World();
  let address = 5;
  world.getDevices = async () => [lookAt(device, { bus: 1, addr: address })];
  await world.devices.scan();
  await world.devices.scan();
  assert.deepEqual(world.story(), ["attached dongle:1"]);
  address = 6;
  await world.devices.scan();
  await settle();
  assert.deepEqual(world.story(), ["attached dongle:1", "detached dongle:1: unplugged", "attached dongle:1"]);
  await world.devices.close();
});

test("closing detaches everything, stops listening and leaves no timer", async () => {
  const device = new ScriptedDevice("dongle");
  const failing = new ScriptedDevice("dongle", "D2");
  failing.refuses.add("identify");
  const world = new World(device, failing);
  await world.devices.scan();
  await world.devices.close();
  assert.deepEqual(world.story(), ["attached dongle:1", "detached dongle:1: the gateway stops"]);
  assert.equal(device.opened, false);
  assert.equal(world.listeners, 0);
  assert.equal(world.clock.pending, 0);
});

test("closing while a device is being attached waits for it, and leaves it closed", async () => {
  const device = new ScriptedDevice("dongle");
  const world = new World(device);
  while (!device.opened) await Promise.resolve();
  await world.devices.close();
  assert.deepEqual(world.story(), ["attached dongle:1", "detached dongle:1: the gateway stops"]);
  assert.equal(device.opened, false);
  assert.equal(world.clock.pending, 0);
});

test("events that a family posts while it attaches come when commands can be answered", async () => {
  const device = base("B1", 1);
  const world = new World();
  await world.devices.scan();
  const push = world.events.push.bind(world.events);
  world.events.push = (...events: Event[]) => {
    if (events.some((event) => event.kind === "attached")) world.devices.perform(SETUP);
    return push(...events);
  };
  await world.plug(device);
  assert.equal(device.links.length, 1);
  assert.deepEqual(world.story(), ["attached base:1"]);
  await world.devices.close();
});
