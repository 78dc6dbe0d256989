import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MachineBus, machineBus, type UsbLibrary } from "../../../src/vendor/usb.ts";
import { isPlugged } from "../../../src/vendor/usb-presence.ts";
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
  const bus = await machineBus([], (problem) => reports.push(problem));
  const hasUsb = existsSync("/sys/bus/usb/devices");
  assert.equal(bus !== null, hasUsb);
  assert.equal(reports.length, hasUsb ? 0 : 1);
  if (!hasUsb) assert.match(reports[0] ?? "", /^this machine's USB cannot be used, only emulated devices can: /);
});

test("a device is the same object for as long as it is plugged, and another after it was plugged again", async () => {
  const plugged = new Map([["bus1 addr2", new ScriptedDevice("dongle", "D1")]]);
  const bus = new MachineBus(
    async () => library(plugged),
    () => {},
  );
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
  const bus = new MachineBus(
    async () => library(new Map([["h", device]])),
    () => {},
  );
  const [found] = await bus.getDevices();
  await assert.rejects(found?.close() ?? Promise.resolve(), /borrowed/);
});

test("the library's events trigger a look, until nobody listens", async () => {
  const usb = library(new Map());
  const bus = new MachineBus(
    async () => usb,
    () => {},
  );
  let looks = 0;
  const early = bus.onChange(() => {
    looks += 1;
  });
  await bus.getDevices();
  const late = bus.onChange(() => {
    looks += 10;
  });
  for (const listener of usb.listeners) listener();
  assert.equal(looks, 22);
  early();
  late();
  assert.equal(usb.listeners.size, 0);
});

test("the library is not loaded before a device of ours is plugged, and then once", async () => {
  const usb = library(new Map([["h", new ScriptedDevice("dongle", "D1")]]));
  let plugged = false;
  let loads = 0;
  const bus = new MachineBus(
    async () => {
      if (!plugged) return null;
      loads += 1;
      return usb;
    },
    () => {},
  );
  assert.deepEqual(await bus.getDevices(), []);
  assert.equal(loads, 0);
  plugged = true;
  assert.equal((await bus.getDevices()).length, 1);
  assert.equal((await bus.getDevices()).length, 1);
  assert.equal(loads, 1);
});

test("a library that can not be loaded is told once, and the gateway lives without", async () => {
  const reports: string[] = [];
  const bus = new MachineBus(
    () => Promise.reject(new Error("no binary for this processor")),
    (problem) => reports.push(problem),
  );
  assert.deepEqual(await bus.getDevices(), []);
  assert.deepEqual(await bus.getDevices(), []);
  assert.deepEqual(reports, [
    "this machine's USB cannot be used, only emulated devices can: no binary for this processor",
  ]);
});

test("a device of ours is found in the kernel's list by its numbers, whatever else is plugged", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "offhook-usb-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const plug = async (name: string, vendor: string, product: string): Promise<void> => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "idVendor"), `${vendor}\n`);
    await writeFile(join(folder, name, "idProduct"), `${product}\n`);
  };
  const claims = [{ vendorId: 0x1209, productId: 2, says: "a dongle" }];
  assert.equal(await isPlugged(claims, folder), false);
  await plug("usb1", "1d6b", "0002");
  await mkdir(join(folder, "1-0:1.0"));
  await plug("1-1", "1209", "0003");
  assert.equal(await isPlugged(claims, folder), false);
  await plug("1-2.4", "1209", "0002");
  assert.equal(await isPlugged(claims, folder), true);
  await assert.rejects(isPlugged(claims, join(folder, "none")), /ENOENT/);
});
