import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { MachineBus, machineBus, type UsbLibrary } from "../../../src/vendor/usb.ts";
import { ScriptedDevice } from "../reference/scripted-device.ts";

interface Library extends UsbLibrary {
  readonly listeners: Set<() => void>;
}

/** The library as it is: new objects at every look, told apart by their handle. */
function library(plugged: Map<string, ScriptedDevice>): Library {
  const listeners = new Set<() => void>();
  return {
    listeners,
    getDevices: async () => [...plugged].map(([handle, device]) => Object.assign(Object.create(device), { handle })),
    addEventListener: (_type, listener) => listeners.add(listener),
    removeEventListener: (_type, listener) => listeners.delete(listener),
  };
}

test("a machine without USB is told once, and nothing crashes; one with USB gives its bus", async () => {
  const reports: string[] = [];
  const bus = await machineBus((problem) => reports.push(problem));
  const hasUsb = existsSync("/sys/bus/usb/devices");
  assert.equal(bus !== null, hasUsb);
  assert.equal(reports.length, hasUsb ? 0 : 1);
  if (!hasUsb) assert.match(reports[0] ?? "", /^this machine's USB cannot be used, only emulated devices can: /);
});

test("a device is the same object for as long as it is plugged, and another after it was plugged again", async () => {
  const plugged = new Map([["bus1 addr2", new ScriptedDevice("dongle", "D1")]]);
  const bus = new MachineBus(library(plugged), () => {});
  const [first] = await bus.getDevices();
  const [again] = await bus.getDevices();
  assert.equal(first, again);
  assert.deepEqual([first?.vendorId, first?.productId, first?.serialNumber], [0x1209, 2, "D1"]);
  plugged.clear();
  assert.deepEqual(await bus.getDevices(), []);
  plugged.set("bus1 addr3", new ScriptedDevice("dongle", "D1"));
  const [later] = await bus.getDevices();
  assert.notEqual(first, later);
});

test("what the library throws at once comes as a rejection", async () => {
  const device = new ScriptedDevice("dongle");
  device.close = () => {
    throw new Error("borrowed");
  };
  const bus = new MachineBus(library(new Map([["h", device]])), () => {});
  const [found] = await bus.getDevices();
  await assert.rejects(found?.close() ?? Promise.resolve(), /borrowed/);
});

test("the library's events trigger a look, until nobody listens", () => {
  const usb = library(new Map());
  const bus = new MachineBus(usb, () => {});
  let looks = 0;
  const stop = bus.onChange(() => {
    looks += 1;
  });
  for (const listener of usb.listeners) listener();
  assert.equal(looks, 2);
  stop();
  assert.equal(usb.listeners.size, 0);
});
