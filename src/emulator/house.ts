import { type CountryProfile, countries } from "../message/country.ts";
import type { DeviceName, HandsetName, PhoneName, PortName } from "../message/name.ts";
import type { Clock } from "../vendor/clock/clock.ts";
import type { UsbBus } from "../vendor/family.ts";
import { MAX_CHANNELS } from "../vendor/reference/wire/descriptor.ts";
import { BaseFirmware } from "./base/base.ts";
import { Handset } from "./base/handset.ts";
import type { EmulatedHouse, EmulatorOptions, Person } from "./contract.ts";
import { ReferenceDevice } from "./device/reference-device.ts";
import { DongleFirmware } from "./dongle/dongle.ts";
import { EmulatedPerson } from "./person/person.ts";
import { AnalogPhone } from "./phone/analog-phone.ts";
import { EmulatedBus } from "./usb/emulated-bus.ts";
import { Plug } from "./usb/plug.ts";

//  person ── Telephone ── Receiver (ear, mouth, recorder)                     what a person does and perceives
//               │ analog phone: two wires            │ handset: CC messages on the air
//          Port: SLIC, hybrid, DTMF decoder     Links: pages, transactions
//               └────────── Firmware ─────────────────┘                     dongle/ and base/
//                     ReferenceDevice: session, events, voice, 20 ms clock   device/
//                       Plug ── FacadeDevice ── EmulatedBus                  usb/: what npm `usb` gives
//                                                   │
//                                        the gateway's device families

/** A base carries at most so many subscriptions. */
const MAX_HANDSETS = 32;
/** Trans-hybrid loss of an ordinary port. */
const ECHO_DB = 20;

/**
 * A base with handsets and a dongle with phones, both plugged in, and a person at every phone.
 * Throws a sentence when the options ask for more than a device has.
 */
export function createEmulatedHouse(options: EmulatorOptions, clock: Clock): EmulatedHouse {
  check("handsets", options.handsets, MAX_HANDSETS);
  check("ports", options.ports, MAX_CHANNELS);
  const country = countries[options.country];
  const handsets = numbered(options.handsets, (n) => makeHandset(n, country, clock));
  const phones = numbered(options.ports, (n) => makePhone(n, country, clock));
  const plugs = new Map<DeviceName, Plug>();
  if (handsets.length > 0) plugs.set("base:1", new Plug(makeBase(handsets, clock), clock));
  if (phones.length > 0) plugs.set("dongle:1", new Plug(makeDongle(phones, clock), clock));
  const people = [...handsets, ...phones].map((phone) => [phone.name, new EmulatedPerson(phone, clock)] as const);
  return new House(new Map(plugs), new Map<PhoneName, EmulatedPerson>(people));
}

class House implements EmulatedHouse {
  readonly phones: readonly PhoneName[];
  readonly #bus: EmulatedBus;
  readonly #plugs: ReadonlyMap<DeviceName, Plug>;
  readonly #people: ReadonlyMap<PhoneName, EmulatedPerson>;

  constructor(plugs: ReadonlyMap<DeviceName, Plug>, people: ReadonlyMap<PhoneName, EmulatedPerson>) {
    this.#plugs = plugs;
    this.#people = people;
    this.phones = [...people.keys()];
    this.#bus = new EmulatedBus([...plugs.values()]);
  }

  get bus(): UsbBus {
    return this.#bus;
  }

  person(phone: PhoneName): Person | null {
    return this.#people.get(phone) ?? null;
  }

  async unplug(device: DeviceName): Promise<void> {
    const plug = this.#plug(device);
    if (!plug.plugged) throw new Error(`${device} is unplugged already`);
    this.#bus.unplug(plug);
  }

  async plug(device: DeviceName): Promise<void> {
    const plug = this.#plug(device);
    if (plug.plugged) throw new Error(`${device} is plugged in already`);
    this.#bus.plug(plug);
  }

  async close(): Promise<void> {
    for (const plug of this.#plugs.values()) if (plug.plugged) plug.pullOut();
    await Promise.all([...this.#people.values()].map((person) => person.leave("the emulator has ended")));
  }

  #plug(device: DeviceName): Plug {
    const plug = this.#plugs.get(device);
    const known = [...this.#plugs.keys()].join(", ") || "none";
    if (plug === undefined) throw new Error(`there is no emulated device ${device}; there is: ${known}`);
    return plug;
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
