import type { CcCall, DectCommand, DectEvent, ReleaseReason } from "../../message/dect.ts";
import type { DeviceName, HandsetName } from "../../message/name.ts";
import { Chance, mix } from "../chance.ts";
import { type Outside, Talker, type Untimed } from "./outside.ts";

/** A CC transaction as the handset sees it. */
interface Transaction {
  readonly call: CcCall;
  readonly handset: HandsetName;
  readonly talker: Talker;
  up: boolean;
}

type Said = DectEvent extends infer E
  ? E extends { readonly call: CcCall }
    ? Omit<E, "at" | "world" | "handset" | "call">
    : never
  : never;

const reasons: readonly ReleaseReason[] = ["normal", "normal", "rejected", "busy", "notInRange", "unknown"];
const recall = "\x15";
/** LCE.03: a page that nobody answers, ms. */
const pageTime = 5000;
/** A device that failed is tried again after this time, ms. */
const retryMs = 500;

/** DECT bases, handsets and the people who have them in their hands or have forgotten where they are. */
export class Bases {
  readonly #outside: Outside;
  readonly #transactions = new Map<CcCall, Transaction>();
  readonly #inHand = new Map<HandsetName, Transaction>();
  readonly #away = new Set<HandsetName>();
  readonly #plugged = new Set<DeviceName>();
  readonly #baseOf = new Map<HandsetName, DeviceName>();
  #setups = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
    for (const { base, handsets } of outside.house.bases)
      for (const handset of handsets) this.#baseOf.set(handset, base);
  }

  /** Calls that people began. */
  get setups(): number {
    return this.#setups;
  }

  attach(which: DeviceName): void {
    const found = this.#outside.house.bases.find(({ base }) => base === which);
    if (found === undefined) return;
    this.#plugged.add(which);
    const { base, channels, formats } = found;
    const handsets = found.handsets.map((handset) => ({ handset, ipui: handset, formats }));
    this.#outside.post({ world: "dect", kind: "attached", base, model: "m", serial: base, channels, handsets });
  }

  /** Out of its socket, or reset; some come back. */
  pull(trait: number): void {
    const chance = new Chance(trait);
    const { bases } = this.#outside.house;
    if (bases.length === 0) return;
    this.#pulled(chance.pick(bases).base, chance);
  }

  #pulled(base: DeviceName, chance: Chance): void {
    for (const [handset, at] of this.#baseOf) if (at === base) this.#drop(handset);
    if (!this.#plugged.has(base) || chance.percent(20)) return this.attach(base);
    this.#plugged.delete(base);
    this.#outside.post({ world: "dect", kind: "detached", base, reason: "unplugged" });
    if (chance.percent(5)) this.#outside.post({ world: "dect", kind: "detached", base, reason: "unplugged" });
    this.#outside.agenda.after(chance.pick([1, 2000, 20_000]), () => {
      if (!this.#plugged.has(base)) this.attach(base);
    });
  }

  /** Its transfers fail: it is given up, and attached anew. */
  lose(base: DeviceName): void {
    for (const [handset, at] of this.#baseOf) if (at === base) this.#drop(handset);
    if (!this.#plugged.delete(base)) return;
    this.#outside.post({ world: "dect", kind: "detached", base, reason: "a transfer failed" });
    this.#outside.agenda.after(retryMs, () => {
      if (!this.#plugged.has(base)) this.attach(base);
    });
  }

  /** A handset leaves the range or comes back; some say so. */
  range(trait: number): void {
    const chance = new Chance(trait);
    const handset = this.#pick(chance);
    if (handset === null) return;
    this.#moves(handset, chance.percent(50));
    this.#outside.agenda.after(chance.pick([500, 10_000, 60_000]), () => this.#moves(handset, chance.percent(50)));
  }

  #moves(handset: HandsetName, silent: boolean): void {
    const kind = this.#away.delete(handset) ? "located" : "detachedHandset";
    if (kind === "detachedHandset") this.#away.add(handset);
    if (!silent && this.#isPlugged(handset)) this.#outside.post({ world: "dect", kind, handset });
  }

  /** The green key. */
  green(trait: number): void {
    const talker = new Talker(this.#outside.agenda, trait);
    const { chance } = talker;
    const handset = this.#pick(chance);
    if (handset === null || !this.#isPlugged(handset)) return;
    if (this.#inHand.has(handset) && chance.percent(95)) return;
    this.#setups += 1;
    const call: CcCall = `cc:in-${this.#setups}`;
    const transaction = this.#begin(handset, call, talker);
    const number = chance.pick(this.#outside.house.dialled);
    const enBloc = chance.percent(30);
    this.#outside.post({ world: "dect", kind: "setup", handset, call, keypad: enBloc ? number : "" });
    this.#risk(transaction);
    if (!enBloc) this.#dials(transaction, number);
    talker.later(chance.pick([300, 8000, 60_000, 300_000]), () => {
      if (!transaction.up || chance.percent(30)) this.#hangsUp(transaction);
    });
    talker.later(600_000, () => this.#hangsUp(transaction));
  }

  perform(command: DectCommand): void {
    if (command.kind === "setup") return this.#paged(command.handset, command.call);
    const transaction = this.#transactions.get(command.call);
    if (transaction === undefined) return;
    if (command.kind === "connect" || command.kind === "connectAck") return this.#talk(transaction);
    if (command.kind === "release") this.#end(transaction);
  }

  #pick(chance: Chance): HandsetName | null {
    const handsets = [...this.#baseOf.keys()];
    return handsets.length === 0 ? null : chance.pick(handsets);
  }

  /** Now and then its base is pulled in the middle of it. */
  #risk({ handset, talker: { chance } }: Transaction): void {
    const base = this.#baseOf.get(handset);
    if (base === undefined || !chance.percent(1)) return;
    this.#outside.agenda.after(chance.below(chance.pick([10, 500, 6000])), () => this.#pulled(base, chance));
  }

  #isPlugged(handset: HandsetName): boolean {
    const base = this.#baseOf.get(handset);
    return base !== undefined && this.#plugged.has(base);
  }

  #begin(handset: HandsetName, call: CcCall, talker: Talker): Transaction {
    const transaction = { call, handset, talker, up: false };
    this.#transactions.set(call, transaction);
    this.#inHand.set(handset, transaction);
    return transaction;
  }

  #end(transaction: Transaction): void {
    transaction.talker.release();
    this.#transactions.delete(transaction.call);
    if (this.#inHand.get(transaction.handset) === transaction) this.#inHand.delete(transaction.handset);
  }

  /** Its base is gone: nothing that it says arrives. */
  #drop(handset: HandsetName): void {
    for (const transaction of this.#transactions.values())
      if (transaction.handset === handset) transaction.talker.done = true;
    this.#inHand.delete(handset);
  }

  #say({ handset, call }: Transaction, said: Said): void {
    this.#outside.post({ world: "dect", handset, call, ...said } as Untimed<DectEvent>); // a member of the union, completed
  }

  #hangsUp(transaction: Transaction): void {
    transaction.talker.done = true;
    this.#say(transaction, { kind: "released", reason: transaction.talker.chance.pick(reasons) });
  }

  #dials(transaction: Transaction, number: string): void {
    let at = 50;
    const pace = transaction.talker.chance.pick([1, 300, 4000]);
    for (const keypad of number) {
      at += pace;
      transaction.talker.later(at, () => this.#say(transaction, { kind: "keypad", keypad }));
    }
  }

  #paged(handset: HandsetName, call: CcCall): void {
    const talker = new Talker(this.#outside.agenda, mix(this.#outside.seed, 7, Number(call.slice(7))));
    const { chance } = talker;
    const busy = this.#inHand.has(handset);
    const transaction = this.#begin(handset, call, talker);
    this.#risk(transaction);
    if (chance.percent(3))
      talker.later(chance.below(3000), () => this.#say(transaction, { kind: "keypad", keypad: `1${recall}2` }));
    if (this.#away.has(handset) || chance.percent(4))
      return talker.later(pageTime, () => this.#say(transaction, { kind: "pageFailed" }));
    if (busy) return talker.later(40, () => this.#hangsUp(transaction));
    let at = chance.pick([20, 200, 2000]);
    talker.later(at, () => this.#say(transaction, { kind: "alerting" }));
    if (chance.percent(10)) talker.later(at + 5, () => this.#say(transaction, { kind: "alerting" }));
    at += chance.below(chance.pick([30, 3000, 20_000]));
    if (chance.percent(60)) {
      talker.later(at, () => this.#say(transaction, { kind: "connect" }));
      if (chance.percent(5)) talker.later(at + 200, () => this.#say(transaction, { kind: "connect" }));
      if (chance.percent(3)) talker.later(at + 50, () => this.#say(transaction, { kind: "alerting" }));
    } else if (chance.percent(15)) talker.later(at, () => this.#hangsUp(transaction));
  }

  #talk(transaction: Transaction): void {
    transaction.up = true;
    this.#risk(transaction);
    const { talker, handset } = transaction;
    const { chance } = talker;
    // It walks out of the house while it talks, and back.
    if (chance.percent(3)) for (const after of [500, 4000]) talker.later(after, () => this.#moves(handset, false));
    let at = 0;
    for (let things = chance.below(3); things > 0; things--) {
      at += chance.below(5000);
      const keypad = chance.percent(50) ? recall : chance.pick(["1", "#", "12"]);
      talker.later(at, () => this.#say(transaction, { kind: "keypad", keypad }));
    }
    talker.later(at + chance.pick([10, 5000, 50_000, 590_000]), () => this.#hangsUp(transaction));
  }
}
