import { test } from "node:test";
import type { EmulatedHouse, EmulatorOptions } from "../../src/emulator/contract.ts";
import { createEmulatedHouse, furnish, House } from "../../src/emulator/house.ts";
import { UsbipServer } from "../../src/emulator/usbip/server.ts";
import type { Clock } from "../../src/vendor/clock/clock.ts";
import { duplexPair } from "./usbip/duplex-pair.ts";
import { UsbipBus } from "./usbip/usbip-bus.ts";

/** A way to the emulated devices: in this process, or over the wire of USB/IP. */
export interface Door {
  readonly name: string;
  open(options: EmulatorOptions, clock: Clock): EmulatedHouse;
}

const doors: readonly Door[] = [
  { name: "through the facade", open: createEmulatedHouse },
  { name: "over USB/IP", open: openServed },
];

/** The same devices must do the same through every door. */
export function atEveryDoor(name: string, run: (door: Door) => Promise<void>): void {
  for (const door of doors) test(`${name}, ${door.name}`, () => run(door));
}

function openServed(options: EmulatorOptions, clock: Clock): EmulatedHouse {
  const furniture = furnish(options, clock);
  const report = (peer: string, problem: string): never => {
    throw new Error(`${peer}: ${problem}`);
  };
  const server = new UsbipServer(furniture.plugs, { clock, report, changed: () => {} });
  const connect = () => {
    const [near, far] = duplexPair();
    server.accept(far, "test");
    return near;
  };
  return Object.assign(new House(furniture, server), { bus: new UsbipBus(connect, clock) });
}
