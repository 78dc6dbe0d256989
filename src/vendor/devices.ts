import type { DectCommand } from "../message/dect.ts";
import type { DeviceVoice } from "../message/device-voice.ts";
import type { Post } from "../message/event.ts";
import type { FxsCommand } from "../message/fxs.ts";
import type { DeviceName, PhoneName } from "../message/name.ts";
import { ms } from "../message/units.ts";
import type { Cancel, Clock } from "./clock/clock.ts";
import { DeviceSlot } from "./device-slot.ts";
import type { Family, UsbBus, UsbDevice } from "./family.ts";
import { Numbering } from "./numbering.ts";

export interface DevicesOptions {
  readonly buses: readonly UsbBus[];
  readonly families: readonly Family[];
  readonly clock: Clock;
  readonly post: Post;
  /** The voice rings of a device. */
  readonly openVoice: (device: DeviceName, channels: number, frameMs?: 10 | 20) => DeviceVoice;
  /** A sentence for people, e.g. `dongle:1: voice frame refused: wrong checksum`. */
  readonly report: (problem: string) => void;
}

/** The devices that are plugged and that a family claims. */
export interface Devices {
  /** Sends a command to the device that has the handset or port. A handset whose base is absent answers `notInRange`. */
  perform(command: DectCommand | FxsCommand): void;
  list(): readonly DeviceStatus[];
  /** Looks at the buses now; resolves when what was found has been attached, or could not be. */
  scan(): Promise<void>;
  close(): Promise<void>;
}

export interface DeviceStatus {
  readonly device: DeviceName;
  readonly family: string;
  readonly model: string;
  readonly serial: string;
  readonly attached: boolean;
  readonly phones: readonly PhoneName[];
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** A device that has worked this long is tried again at once when it fails. */
const PROVEN_MS = 30_000;

/** Watches the buses and keeps every claimed device attached, for as long as it is plugged. */
export function startDevices(options: DevicesOptions): Devices {
  const watch = new DeviceWatch(options);
  watch.start();
  return watch;
}

/** A plugged device that a family claims. */
interface Plugged {
  /** What tells it apart on its bus while it is plugged. */
  readonly key: unknown;
  readonly device: UsbDevice;
  readonly family: Family;
  readonly serial: string;
  readonly identity: string;
  slot: DeviceSlot | null;
  attached: boolean;
  retryMs: number;
  retry: Cancel | null;
}

class DeviceWatch implements Devices {
  readonly #options: DevicesOptions;
  readonly #numbering = new Numbering();
  /** By what tells the bus's devices apart. Null: no family claims it. */
  readonly #plugged = new Map<unknown, Plugged | null>();
  readonly #phones = new Map<PhoneName, DeviceSlot>();
  readonly #stops: (() => void)[] = [];
  /** One attachment at a time: the next one's numbers depend on how many the last one took. */
  #turn: Promise<void> = Promise.resolve();
  #scanning: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(options: DevicesOptions) {
    this.#options = options;
  }

  start(): void {
    for (const bus of this.#options.buses) this.#stops.push(bus.onChange(() => void this.scan()));
    void this.scan();
  }

  perform(command: DectCommand | FxsCommand): void {
    const slot = this.#phones.get(command.world === "dect" ? command.handset : command.port);
    if (slot !== undefined) return slot.perform(command);
    if (command.world !== "dect" || command.kind !== "setup") return;
    const { handset, call } = command;
    const at = this.#options.clock.now();
    this.#options.post({ world: "dect", kind: "released", at, handset, call, reason: "notInRange" });
  }

  list(): readonly DeviceStatus[] {
    const list: DeviceStatus[] = [];
    for (const plugged of this.#plugged.values()) {
      if (plugged?.slot == null) continue;
      const { slot, attached, serial, family } = plugged;
      list.push({ device: slot.name, family: family.name, model: slot.model, serial, attached, phones: slot.phones });
    }
    return list;
  }

  scan(): Promise<void> {
    this.#again = true;
    this.#scanning ??= this.#scanAll().finally(() => {
      this.#scanning = null;
    });
    return this.#scanning;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stops.splice(0)) stop();
    await this.#scanning;
    const plugged = [...this.#plugged.values()].filter((it) => it !== null);
    this.#plugged.clear();
    await Promise.all(plugged.map((it) => this.#drop(it, "the gateway stops")));
    await this.#turn;
  }

  async #scanAll(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      const present = await this.#present();
      if (present === null) continue;
      for (const [key, plugged] of this.#plugged) {
        if (present.has(key)) continue;
        this.#plugged.delete(key);
        if (plugged === null) continue;
        // Closed before another is opened: it may be the same device at a new address.
        const dropped = this.#drop(plugged, "unplugged");
        this.#turn = this.#turn.then(() => dropped);
      }
      for (const [key, device] of present) if (!this.#plugged.has(key)) this.#meet(key, device);
      await this.#turn;
    }
  }

  /** Null when a bus could not be read: nothing is concluded from that. */
  async #present(): Promise<ReadonlyMap<unknown, UsbDevice> | null> {
    try {
      const lists = await Promise.all(this.#options.buses.map((bus) => bus.getDevices()));
      return new Map(lists.flatMap((list, bus) => list.map((device) => [keyOf(bus, device), device])));
    } catch (error) {
      this.#options.report(`USB devices could not be listed: ${sentence(error)}`);
      return null;
    }
  }

  #meet(key: unknown, device: UsbDevice): void {
    const { vendorId, productId } = device;
    const family = this.#options.families.find(({ claims }) =>
      claims.some((claim) => claim.vendorId === vendorId && claim.productId === productId),
    );
    if (family === undefined) {
      this.#plugged.set(key, null);
      return;
    }
    const serial = device.serialNumber ?? "";
    const identity = this.#identityOf(`${vendorId.toString(16)}:${productId.toString(16)}:${serial}`);
    const plugged = {
      key,
      device,
      family,
      serial,
      identity,
      slot: null,
      attached: false,
      retryMs: FIRST_RETRY_MS,
      retry: null,
    };
    this.#plugged.set(key, plugged);
    this.#attach(plugged);
  }

  /** Two devices with the same serial, or with none, are told apart by their order. */
  #identityOf(product: string): string {
    const taken = new Set([...this.#plugged.values()].map((it) => it?.identity));
    let count = 1;
    while (taken.has(`${product}#${count}`)) count += 1;
    return `${product}#${count}`;
  }

  #attach(plugged: Plugged): void {
    this.#turn = this.#turn.then(() => this.#attachNow(plugged));
  }

  async #attachNow(plugged: Plugged): Promise<void> {
    if (!this.#isPlugged(plugged)) return;
    const { clock, openVoice, post, report } = this.#options;
    const numbers = this.#numbering.numbersOf(plugged.family.kind, plugged.identity);
    const slot = new DeviceSlot(plugged.device, plugged.family, numbers, {
      clock,
      openVoice,
      report,
      post: (event) => {
        if (event.kind === "attached") this.#route(slot, slot.phones);
        if (event.kind === "detached") this.#unroute(slot);
        post(event);
      },
    });
    plugged.slot = slot;
    try {
      await slot.attach();
    } catch (error) {
      if (!this.#isPlugged(plugged)) return;
      report(`${numbers.name}: ${sentence(error)}`);
      return this.#retryLater(plugged);
    }
    // Unplugged, or everything closed, while it was being attached.
    if (this.#isPlugged(plugged)) this.#attached(plugged, slot);
    else await slot.detach("unplugged");
  }

  #attached(plugged: Plugged, slot: DeviceSlot): void {
    const since = this.#options.clock.now();
    plugged.attached = true;
    void slot.gone.then((reason) => {
      plugged.attached = false;
      this.#unroute(slot);
      if (!this.#isPlugged(plugged)) return;
      this.#options.report(`${slot.name}: gone: ${reason}`);
      if (this.#options.clock.now() - since >= PROVEN_MS) plugged.retryMs = FIRST_RETRY_MS;
      this.#retryLater(plugged);
      // Most often it was unplugged, and the bus knows by now.
      void this.scan();
    });
  }

  #retryLater(plugged: Plugged): void {
    plugged.retry = this.#options.clock.after(ms(plugged.retryMs), () => {
      plugged.retry = null;
      this.#attach(plugged);
    });
    plugged.retryMs = Math.min(2 * plugged.retryMs, LAST_RETRY_MS);
  }

  async #drop(plugged: Plugged, reason: string): Promise<void> {
    plugged.retry?.();
    plugged.retry = null;
    await plugged.slot?.detach(reason);
  }

  #isPlugged(plugged: Plugged): boolean {
    return this.#plugged.get(plugged.key) === plugged;
  }

  #route(slot: DeviceSlot, phones: readonly PhoneName[]): void {
    const last = phones.reduce((most, phone) => Math.max(most, numberOf(phone)), 0);
    const first = this.#numbering.firstNumberOf(slot.name);
    this.#numbering.reserve(slot.name, last - first + 1);
    for (const phone of phones) {
      const other = this.#phones.get(phone);
      if (other !== undefined) this.#options.report(`${phone} is at ${other.name} and at ${slot.name}`);
      this.#phones.set(phone, slot);
    }
  }

  #unroute(slot: DeviceSlot): void {
    for (const [phone, at] of this.#phones) if (at === slot) this.#phones.delete(phone);
  }
}

/** Objects are new at every look on some buses: their handle tells. */
function keyOf(bus: number, device: UsbDevice): unknown {
  return device.handle === undefined ? device : `${bus} ${JSON.stringify(device.handle)}`;
}

function numberOf(phone: PhoneName): number {
  return Number(phone.slice(phone.indexOf(":") + 1));
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
