import { type CountryProfile, countries } from "../message/country.ts";
import type { DeviceName, HandsetName, PhoneName, PortName } from "../message/name.ts";
import type { Clock } from "../vendor/clock/clock.ts";
import type { UsbBus } from "../vendor/family.ts";
import { MAX_CHANNELS } from "../vendor/reference/wire/descriptor.ts";
import { BaseFirmware } from "./base/base.ts";
import { Handset } from "./base/handset.ts";
import type { EmulatedDevices, EmulatedHouse, EmulatorOptions, Person, UsbTrouble } from "./contract.ts";
import { ReferenceDevice } from "./device/reference-device.ts";
import { DongleFirmware } from "./dongle/dongle.ts";
import { EmulatedPerson } from "./person/person.ts";
import { AnalogPhone } from "./phone/analog-phone.ts";
import { EmulatedBus } from "./usb/emulated-bus.ts";
import { Plug } from "./usb/plug.ts";
import { TroubledDevice } from "./usb/troubled-device.ts";

//  person ── Telephone ── Receiver (ear, mouth, recorder)                     what a person does and perceives
//               │ analog phone: two wires            │ handset: CC messages on the air
//          Port: SLIC, hybrid, DTMF decoder     Links: pages, transactions
//               └────────── Firmware ─────────────────┘                     dongle/ and base/
//                     ReferenceDevice: session, events, voice, 20 ms clock   device/
//                      TroubledDevice ── Plug                               usb/: endpoint 0, transfers, halts
//               ┌───────────────┴───────────────┐
//     FacadeDevice ── EmulatedBus          UsbipServer                      what npm `usb` gives; usbip/: TCP
//               │                               │
//     the gateway's device families        a Linux machine's own USB

/** A base carries at most so many subscriptions. */
const MAX_HANDSETS = 32;
/** Trans-hybrid loss of an ordinary port. */
const ECHO_DB = 20;

/** Where the plugs of a house are: on a bus of this process, or at a USB/IP server. */
export interface Sockets {
  has(plug: Plug): boolean;
  plug(plug: Plug): void;
  unplug(plug: Plug): void;
  close(): Promise<void>;
}

/** The plugs of a house by the name of the device. */
export type Plugs = ReadonlyMap<DeviceName, Plug>;

/** The devices and phones of a house, not yet plugged in anywhere. */
export interface Furniture {
  readonly plugs: Plugs;
  readonly devices: ReadonlyMap<DeviceName, TroubledDevice>;
  readonly people: ReadonlyMap<PhoneName, EmulatedPerson>;
}

/**
 * A base with handsets and a dongle with phones, both plugged in, and a person at every phone.
 * Throws a sentence when the options ask for more than a device has.
 */
export function createEmulatedHouse(options: EmulatorOptions, clock: Clock): EmulatedHouse {
  const furniture = furnish(options, clock);
  return new PluggedHouse(furniture, new EmulatedBus([...furniture.plugs.values()], clock));
}

/** Throws a sentence when the options ask for more than a device has. */
export function furnish(options: EmulatorOptions, clock: Clock): Furniture {
  check("handsets", options.handsets, MAX_HANDSETS);
  check("ports", options.ports, MAX_CHANNELS);
  const country = countries[options.country];
  const handsets = numbered(options.handsets, (n) => makeHandset(n, country, clock));
  const phones = numbered(options.ports, (n) => makePhone(n, country, clock));
  const devices = new Map<DeviceName, TroubledDevice>();
  if (handsets.length > 0) devices.set("base:1", new TroubledDevice(makeBase(handsets, clock), clock));
  if (phones.length > 0) devices.set("dongle:1", new TroubledDevice(makeDongle(phones, clock), clock));
  const plugs = new Map([...devices].map(([name, device]) => [name, new Plug(device)] as const));
  const people = [...handsets, ...phones].map((phone) => [phone.name, new EmulatedPerson(phone, clock)] as const);
  return { plugs, devices, people: new Map(people) };
}

/** A house whose devices are plugged in somewhere. */
export class House implements EmulatedDevices {
  readonly phones: readonly PhoneName[];
  readonly #furniture: Furniture;
  readonly #sockets: Sockets;

  constructor(furniture: Furniture, sockets: Sockets) {
    this.#furniture = furniture;
    this.#sockets = sockets;
    this.phones = [...furniture.people.keys()];
  }

  person(phone: PhoneName): Person | null {
    return this.#furniture.people.get(phone) ?? null;
  }

  async unplug(device: DeviceName): Promise<void> {
    const plug = this.#plug(device);
    if (!this.#sockets.has(plug)) throw new Error(`${device} is unplugged already`);
    this.#sockets.unplug(plug);
  }

  async plug(device: DeviceName): Promise<void> {
    const plug = this.#plug(device);
    if (this.#sockets.has(plug)) throw new Error(`${device} is plugged in already`);
    this.#sockets.plug(plug);
  }

  async trouble(device: DeviceName, trouble: UsbTrouble): Promise<void> {
    const plug = this.#plug(device);
    if (!plug.plugged) throw new Error(`${device} is not plugged in`);
    this.#furniture.devices.get(device)?.trouble(trouble);
  }

  async close(): Promise<void> {
    await this.#sockets.close();
    const people = [...this.#furniture.people.values()];
    await Promise.all(people.map((person) => person.leave("the emulator has ended")));
  }

  #plug(device: DeviceName): Plug {
    const { plugs } = this.#furniture;
    const plug = plugs.get(device);
    const known = [...plugs.keys()].join(", ") || "none";
    if (plug === undefined) throw new Error(`there is no emulated device ${device}; there is: ${known}`);
    return plug;
  }
}

class PluggedHouse extends House implements EmulatedHouse {
  readonly bus: UsbBus;

  constructor(furniture: Furniture, bus: EmulatedBus) {
    super(furniture, bus);
    this.bus = bus;
  }
}

function numbered<Thing>(count: number, make: (number: number) => Thing): Thing[] {
  return Array.from({ length: count }, (_, n) => make(n + 1));
}

function makeHandset(number: number, country: CountryProfile, clock: Clock): Handset {
  const name: HandsetName = `handset:${number}`;
  // IPUI type N: 4 bits of type, 36 of IPEI.
  return new Handset(name, `0009f0e${number.toString(16).padStart(3, "0")}`, country, clock);
}

function makePhone(number: number, country: CountryProfile, clock: Clock): AnalogPhone {
  const name: PortName = `port:${number}`;
  return new AnalogPhone(name, country, clock);
}

function makeBase(handsets: readonly Handset[], clock: Clock): ReferenceDevice {
  const options = { serialNumber: "EMULATED-BASE-1", rfpi: "009f0e0001", handsets };
  return new ReferenceDevice(clock, (host) => new BaseFirmware(host, options));
}

function makeDongle(phones: readonly AnalogPhone[], clock: Clock): ReferenceDevice {
  const options = { serialNumber: "EMULATED-FXS-1", phones, echoDb: ECHO_DB };
  return new ReferenceDevice(clock, (host) => new DongleFirmware(host, options));
}

function check(what: string, count: number, most: number): void {
  if (!Number.isInteger(count) || count < 0 || count > most)
    throw new Error(`emulator: ${count} ${what}; give 0 to ${most}`);
}
