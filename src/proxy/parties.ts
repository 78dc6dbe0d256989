import type { Desk } from "../logic/desk.ts";
import type { DectEvent } from "../message/dect.ts";
import type { Event } from "../message/event.ts";
import type { FxsEvent } from "../message/fxs.ts";
import type { DeviceName, Endpoint, HandsetName, LineName, PortName } from "../message/name.ts";
import type { House, PhonePlan } from "../message/plan.ts";
import type { DeviceView, LineView, PhoneView } from "../message/view.ts";
import { Base } from "./base.ts";
import { Handset } from "./handset.ts";
import { Line } from "./line.ts";
import type { LineLeg } from "./line-leg.ts";
import type { Leg, Party, Reception } from "./party.ts";
import { Port } from "./port.ts";

type Attached = Extract<DectEvent | FxsEvent, { kind: "attached" }>;

/** A device with what it announced, so that a snapshot can put it back. */
interface KnownDevice {
  readonly device: Base;
  announced: Attached | null;
}

/** What a snapshot keeps of the parties of a quiet house. */
interface PartiesDump {
  readonly lines: readonly LineView[];
  readonly away: readonly HandsetName[];
  readonly faulty: readonly PortName[];
  readonly devices: readonly { readonly view: DeviceView; readonly announced: Attached | null }[];
}

/** All parties of the house by name, and the devices they hang on. */
export class Parties {
  readonly #desk: Desk;
  readonly #reception: Reception;
  readonly #lines = new Map<LineName, Line>();
  readonly #handsets = new Map<HandsetName, Handset>();
  readonly #ports = new Map<PortName, Port>();
  readonly #devices = new Map<DeviceName, KnownDevice>();

  constructor(desk: Desk, reception: Reception) {
    this.#desk = desk;
    this.#reception = reception;
  }

  /** Makes the parties that the configuration names. */
  build(house: House): readonly Party[] {
    for (const map of [this.#lines, this.#handsets, this.#ports]) map.clear();
    for (const plan of house.lines) this.#lines.set(plan.line, new Line(this.#desk, plan, this.#reception));
    for (const plan of house.phones) this.#addPhone(plan);
    return [...this.#lines.values(), ...this.#handsets.values(), ...this.#ports.values()];
  }

  line(name: LineName): Line | null {
    return this.#lines.get(name) ?? null;
  }

  /** The SIP leg that speaks on an endpoint. */
  legOf(endpoint: Endpoint): LineLeg | null {
    for (const line of this.#lines.values()) {
      for (const leg of line.legs()) if (leg.voice() === endpoint) return leg;
    }
    return null;
  }

  /** The port whose phone speaks on a channel. */
  portOn(endpoint: Endpoint): Port | null {
    for (const port of this.#ports.values()) if (port.endpoint === endpoint) return port;
    return null;
  }

  /** Nobody can be heard on an endpoint: it could not be opened. */
  unheard(endpoint: Endpoint): void {
    const handsets = [...this.#handsets.values()].map(({ leg }) => leg);
    const handset = handsets.find((leg) => leg?.endpoint === endpoint);
    const leg = this.legOf(endpoint) ?? this.portOn(endpoint)?.leg ?? handset;
    leg?.unheard();
  }

  takeDect(event: DectEvent): void {
    switch (event.kind) {
      case "attached":
        return this.#attachBase(event);
      case "detached":
        return this.#detach(event.base, event.reason);
      default:
        return this.#handsets.get(event.handset)?.take(event);
    }
  }

  takeFxs(event: FxsEvent): void {
    switch (event.kind) {
      case "attached":
        return this.#attachDongle(event);
      case "detached":
        return this.#detach(event.dongle, event.reason);
      default:
        return this.#ports.get(event.port)?.take(event);
    }
  }

  /**
   * A handler threw at this event. What it says of who is gone is so all the same: he hears nothing any more. Whose leg it
   * was about; null when it is none, or none yet.
   */
  trippedOver(event: Event): Leg | null {
    if (event.world === "sip" && "leg" in event) return this.line(event.line)?.leg(event.leg) ?? null;
    if (event.world === "dect" && "call" in event) return this.#handsets.get(event.handset)?.trippedOver(event) ?? null;
    if (event.world === "fxs" && "port" in event) return this.#ports.get(event.port)?.trippedOver(event) ?? null;
    return null;
  }

  /** Whoever had come to nothing yet gets his release, too. */
  letGo(event: Event, leg: Leg | null): void {
    if (leg !== null) return leg.release("internalError");
    if (event.world === "sip" && event.kind === "invited") this.line(event.line)?.refuse(event.leg);
    if (event.world === "dect" && event.kind === "setup") this.#handsets.get(event.handset)?.refuse(event.call);
  }

  /** Every phone is on-hook and silent. */
  get idle(): boolean {
    return [...this.#ports.values()].every((port) => port.idle);
  }

  view(): { lines: LineView[]; phones: PhoneView[]; devices: DeviceView[] } {
    return {
      lines: [...this.#lines.values()].map((line) => line.view()),
      phones: [...this.#handsets.values(), ...this.#ports.values()].map((phone) => phone.view()),
      devices: [...this.#devices.values()].map(({ device }) => device.view()),
    };
  }

  dump(): PartiesDump {
    const handsets = [...this.#handsets.values()];
    const ports = [...this.#ports.values()];
    return {
      lines: this.view().lines,
      away: handsets.filter((handset) => handset.away).map((handset) => handset.name),
      faulty: ports.filter((port) => port.faulty).map((port) => port.name),
      devices: [...this.#devices.values()].map(({ device, announced }) => ({ view: device.view(), announced })),
    };
  }

  restore(state: PartiesDump): void {
    for (const view of state.lines) this.#lines.get(view.line)?.restore(view);
    for (const { view, announced } of state.devices) {
      const known = this.#known(view.device);
      known.announced = announced;
      known.device.restore(view);
      if (announced === null || !view.attached) continue;
      if (announced.world === "dect") this.#restoreHandsets(known.device, announced, state.away);
      else this.#restorePorts(known.device, announced, state.faulty);
    }
  }

  #addPhone(plan: PhonePlan): void {
    const { phone } = plan;
    if (isHandset(phone)) this.#handsets.set(phone, new Handset(this.#desk, plan, phone, this.#reception));
    else this.#ports.set(phone, new Port(this.#desk, plan, phone, this.#reception));
  }

  #known(device: DeviceName): KnownDevice {
    const known = this.#devices.get(device) ?? { device: new Base(device), announced: null };
    this.#devices.set(device, known);
    return known;
  }

  #attachBase(event: Extract<DectEvent, { kind: "attached" }>): void {
    const known = this.#known(event.base);
    if (known.device.attached) this.#detach(event.base, "attached again");
    known.announced = event;
    known.device.attach(event.model, event.serial, event.channels);
    this.#desk.tell({ kind: "deviceAttached", device: event.base, model: event.model, serial: event.serial });
    for (const { handset, formats } of event.handsets) this.#handsets.get(handset)?.attached(known.device, formats);
  }

  #attachDongle(event: Extract<FxsEvent, { kind: "attached" }>): void {
    const known = this.#known(event.dongle);
    if (known.device.attached) this.#detach(event.dongle, "attached again");
    known.announced = event;
    known.device.attach(event.model, event.serial, event.ports.length);
    this.#desk.tell({ kind: "deviceAttached", device: event.dongle, model: event.model, serial: event.serial });
    event.ports.forEach(({ port, offHook }, channel) => {
      this.#ports.get(port)?.attached(known.device, channel, event.formats, offHook);
    });
  }

  #detach(name: DeviceName, reason: string): void {
    const known = this.#known(name);
    const { device, announced } = known;
    if (!device.attached) return;
    device.detach();
    this.#desk.tell({ kind: "deviceDetached", device: name, reason });
    if (announced?.world === "dect")
      for (const { handset } of announced.handsets) this.#handsets.get(handset)?.detached();
    if (announced?.world === "fxs") for (const { port } of announced.ports) this.#ports.get(port)?.detached();
  }

  #restoreHandsets(device: Base, event: Extract<DectEvent, { kind: "attached" }>, away: readonly HandsetName[]): void {
    for (const { handset, formats } of event.handsets)
      this.#handsets.get(handset)?.restore(device, formats, away.includes(handset));
  }

  #restorePorts(device: Base, event: Extract<FxsEvent, { kind: "attached" }>, faulty: readonly PortName[]): void {
    event.ports.forEach(({ port }, channel) => {
      this.#ports.get(port)?.restore(device, channel, event.formats, faulty.includes(port));
    });
  }
}

function isHandset(phone: HandsetName | PortName): phone is HandsetName {
  return phone.startsWith("handset:");
}
