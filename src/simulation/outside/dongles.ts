import type { FxsCommand } from "../../message/fxs.ts";
import { type DeviceName, type Digit, type PortName, usbEndpoint } from "../../message/name.ts";
import { Chance, mix } from "../chance.ts";
import type { Outside } from "./outside.ts";

/** A phone in a socket, and whoever is at it. */
interface Phone {
  readonly port: PortName;
  readonly dongle: DeviceName;
  readonly channel: number;
  offHook: boolean;
  rings: boolean;
  /** Counts what began anew: what a person meant to do before that, he does no more. */
  era: number;
}

const digits = "0123456789*#";
/** A device that failed is tried again after this time, ms. */
const retryMs = 500;

/** FXS adapters, phones and people at them. */
export class Dongles {
  readonly #outside: Outside;
  readonly #phones = new Map<PortName, Phone>();
  readonly #plugged = new Set<DeviceName>();
  #lifts = 0;
  #rings = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
    for (const { dongle, ports } of outside.house.dongles)
      for (const [channel, port] of ports.entries())
        this.#phones.set(port, { port, dongle, channel, offHook: false, rings: false, era: 0 });
  }

  /** Calls that people began. */
  get lifts(): number {
    return this.#lifts;
  }

  attach(dongle: DeviceName): void {
    this.#plugged.add(dongle);
    const ports = this.#of(dongle).map(({ port, offHook }) => ({ port, offHook }));
    const formats = this.#outside.house.dongles.find((it) => it.dongle === dongle)?.formats ?? [];
    this.#outside.post({ world: "fxs", kind: "attached", dongle, model: "m", serial: dongle, ports, formats });
    for (const phone of this.#of(dongle)) if (phone.offHook) this.#downAfter(phone, 20_000);
  }

  pull(trait: number): void {
    const chance = new Chance(trait);
    const { dongles } = this.#outside.house;
    if (dongles.length === 0) return;
    this.#pulled(chance.pick(dongles).dongle, chance);
  }

  #pulled(dongle: DeviceName, chance: Chance): void {
    for (const phone of this.#of(dongle)) this.#unwired(phone, chance);
    if (!this.#plugged.has(dongle) || chance.percent(20)) return this.attach(dongle);
    this.#plugged.delete(dongle);
    this.#outside.post({ world: "fxs", kind: "detached", dongle, reason: "unplugged" });
    if (chance.percent(5)) this.#outside.post({ world: "fxs", kind: "detached", dongle, reason: "unplugged" });
    this.#outside.agenda.after(chance.pick([1, 2000, 20_000]), () => {
      if (!this.#plugged.has(dongle)) this.attach(dongle);
    });
  }

  /** Its transfers fail: it is given up, and attached anew. */
  lose(dongle: DeviceName): void {
    for (const phone of this.#of(dongle)) {
      phone.era += 1;
      phone.rings = false;
    }
    if (!this.#plugged.delete(dongle)) return;
    this.#outside.post({ world: "fxs", kind: "detached", dongle, reason: "a transfer failed" });
    this.#outside.agenda.after(retryMs, () => {
      if (!this.#plugged.has(dongle)) this.attach(dongle);
    });
  }

  fault(trait: number): void {
    const chance = new Chance(trait);
    const phone = this.#pick(chance);
    if (phone !== null && this.#plugged.has(phone.dongle)) this.#faults(phone, chance);
  }

  #faults(phone: Phone, chance: Chance): void {
    const { port } = phone;
    this.#unwired(phone, chance);
    phone.offHook = false;
    this.#outside.post({ world: "fxs", kind: "lineFault", port, fault: "power alarm" });
    this.#after(phone, chance.pick([100, 10_000]), () =>
      this.#outside.post({ world: "fxs", kind: "lineRestored", port }),
    );
  }

  /** Somebody wants to call. */
  lift(trait: number): void {
    const chance = new Chance(trait);
    const phone = this.#pick(chance);
    if (phone === null || phone.offHook || !this.#plugged.has(phone.dongle)) return;
    if (!phone.rings) this.#lifts += 1;
    const rang = phone.rings;
    this.#up(phone, chance);
    if (rang) return;
    let at = 100;
    const pace = chance.pick([1, 200, 4000]);
    for (const digit of chance.pick(this.#outside.house.dialled)) {
      at += pace;
      this.#key(phone, at, digit);
    }
  }

  perform(command: FxsCommand): void {
    const phone = this.#phones.get(command.port);
    if (phone === undefined) return;
    if (command.kind === "stopRing") phone.rings = false;
    if (command.kind !== "ring") return;
    phone.rings = true;
    this.#rings += 1;
    const chance = new Chance(mix(this.#outside.seed, 8, this.#rings));
    const at = chance.below(chance.pick([20, 4000, 25_000]));
    this.#risk(phone, chance);
    if (chance.percent(50))
      this.#after(phone, at, () => {
        if (phone.rings && !phone.offHook) this.#up(phone, chance);
      });
  }

  /** Now and then its wire is cut, or its dongle pulled, in the middle of it. */
  #risk(phone: Phone, chance: Chance): void {
    if (!chance.percent(2)) return;
    const pulled = chance.percent(50);
    this.#after(phone, chance.below(chance.pick([10, 500, 6000])), () =>
      pulled ? this.#pulled(phone.dongle, chance) : this.#faults(phone, chance),
    );
  }

  #of(dongle: DeviceName): Phone[] {
    return [...this.#phones.values()].filter((phone) => phone.dongle === dongle);
  }

  #pick(chance: Chance): Phone | null {
    const phones = [...this.#phones.values()];
    return phones.length === 0 ? null : chance.pick(phones);
  }

  #after(phone: Phone, delay: number, run: () => void): void {
    const { era } = phone;
    this.#outside.agenda.after(delay, () => {
      if (phone.era === era && this.#plugged.has(phone.dongle)) run();
    });
  }

  /** The wire was cut: whoever is at the phone may have hung up meanwhile, or lifted it. */
  #unwired(phone: Phone, chance: Chance): void {
    phone.era += 1;
    phone.rings = false;
    if (chance.percent(30)) phone.offHook = !phone.offHook;
  }

  #up(phone: Phone, chance: Chance): void {
    const { port } = phone;
    phone.era += 1;
    phone.offHook = true;
    this.#outside.post({ world: "fxs", kind: "wentOffHook", port });
    this.#risk(phone, chance);
    if (chance.percent(2)) this.#outside.post({ world: "fxs", kind: "wentOffHook", port });
    for (let things = chance.below(3); things > 0; things--) this.#fidgets(phone, chance, 2000 + chance.below(20_000));
    if (chance.percent(10)) this.#faxes(phone, chance);
    this.#downAfter(phone, chance.pick([30, 3000, 30_000, 120_000, 500_000]), chance.percent(3));
  }

  #downAfter(phone: Phone, delay: number, late = false): void {
    const { port } = phone;
    this.#after(phone, delay, () => {
      phone.era += 1;
      // In the middle of a flash it is down already.
      if (!phone.offHook) return;
      phone.offHook = false;
      this.#outside.post({ world: "fxs", kind: "wentOnHook", port });
      if (late) this.#late(phone);
    });
  }

  /** What the line still brings: a second word of the hook, the end of a key. */
  #late({ port }: Phone): void {
    this.#outside.post({ world: "fxs", kind: "wentOnHook", port });
    this.#outside.post({ world: "fxs", kind: "digit", port, digit: "1" });
  }

  /** A key, or a break of the loop: a flash, or longer than one. */
  #fidgets(phone: Phone, chance: Chance, at: number): void {
    if (chance.percent(40)) return this.#key(phone, at, chance.pick([...digits]));
    const { port } = phone;
    const gap = chance.pick([20, 120, 300, 900, 1500]);
    this.#after(phone, at, () => {
      if (!phone.offHook) return;
      phone.offHook = false;
      this.#outside.post({ world: "fxs", kind: "wentOnHook", port });
    });
    this.#after(phone, at + gap, () => {
      if (phone.offHook) return;
      phone.offHook = true;
      this.#outside.post({ world: "fxs", kind: "wentOffHook", port });
    });
  }

  #key(phone: Phone, at: number, digit: string): void {
    const { port } = phone;
    this.#after(phone, at, () => {
      if (phone.offHook) this.#outside.post({ world: "fxs", kind: "digit", port, digit: digit as Digit }); // of `digits`
    });
  }

  #faxes(phone: Phone, chance: Chance): void {
    const endpoint = usbEndpoint(phone.dongle, phone.channel);
    const tone = chance.pick(["cng", "ced", "ansam"] as const);
    this.#after(phone, chance.below(20_000), () =>
      this.#outside.post({
        world: "voice",
        kind: "faxTone",
        endpoint,
        tone,
        from: chance.pick(["phone", "farEnd"] as const),
      }),
    );
  }
}
