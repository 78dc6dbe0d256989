import type { MemoryState } from "../message/admin.ts";
import type { Command } from "../message/command.ts";
import type { CountryProfile } from "../message/country.ts";
import { countries } from "../message/country.ts";
import type { CcCall } from "../message/dect.ts";
import type { CallId, LegId } from "../message/name.ts";
import type { Fact } from "../message/notify.ts";
import type { House } from "../message/plan.ts";
import type { SipLeg } from "../message/sip.ts";
import { type Instant, instant } from "../message/units.ts";
import { Switchboard } from "./switchboard.ts";
import { TimerBoard } from "./timers.ts";

interface Counters {
  call: number;
  leg: number;
  sip: number;
  cc: number;
  contact: number;
  record: number;
}

const emptyHouse: House = {
  country: "DE",
  lines: [],
  phones: [],
  groups: [],
  services: [],
  outgoing: [],
  emergency: [],
  timing: { firstDigitMs: 15000, interDigitMs: 8000, completeMs: 3000, noAnswerMs: 60000, busyToneMs: 30000 },
};

/**
 * What every object of the upper half works with: the time of the event in hand, the way out for commands,
 * timers, the voice switchboard, and counters instead of chance.
 */
export class Desk {
  house: House = emptyHouse;
  now: Instant = instant(0);
  /** While it is tight, a new call would not fit. */
  memory: MemoryState = "easy";
  readonly timers: TimerBoard;
  readonly voice: Switchboard;
  #out: Command[] = [];
  readonly #counters: Counters = { call: 0, leg: 0, sip: 0, cc: 0, contact: 0, record: 0 };

  constructor() {
    this.timers = new TimerBoard(this.send);
    this.voice = new Switchboard(this.send, () => this.house.country);
  }

  get country(): CountryProfile {
    return countries[this.house.country];
  }

  send = (command: Command): void => {
    this.#out.push(command);
  };

  tell(fact: Fact): void {
    this.send({ world: "notify", kind: "fact", fact });
  }

  /** Hands over what was sent since the last time. */
  takeCommands(): readonly Command[] {
    const commands = this.#out;
    this.#out = [];
    return commands;
  }

  nextCall(): CallId {
    this.#counters.call += 1;
    return `call:${this.#counters.call}`;
  }

  nextLeg(): LegId {
    this.#counters.leg += 1;
    return `leg:${this.#counters.leg}`;
  }

  nextSipLeg(): SipLeg {
    this.#counters.sip += 1;
    return `sip:out-${this.#counters.sip}`;
  }

  nextCc(): CcCall {
    this.#counters.cc += 1;
    return `cc:out-${this.#counters.cc}`;
  }

  nextContact(): number {
    this.#counters.contact += 1;
    return this.#counters.contact;
  }

  nextRecord(): number {
    this.#counters.record += 1;
    return this.#counters.record;
  }

  /** Ids read from files must not be given again. */
  raise(which: "contact" | "record" | "call", to: number): void {
    this.#counters[which] = Math.max(this.#counters[which], to);
  }

  dump(): Counters & { timer: number } {
    return { ...this.#counters, timer: this.timers.count };
  }

  restore(counters: Counters & { timer: number }): void {
    const { timer, ...rest } = counters;
    Object.assign(this.#counters, rest);
    this.timers.continueFrom(timer);
  }
}
