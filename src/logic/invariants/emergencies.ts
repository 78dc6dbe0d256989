import { causeOfStatus } from "../../message/cause.ts";
import type { DectEvent } from "../../message/dect.ts";
import type { FxsEvent } from "../../message/fxs.ts";
import type { LineName } from "../../message/name.ts";
import type { Fact } from "../../message/notify.ts";
import type { House } from "../../message/plan.ts";
import type { SipCommand, SipEvent, SipLeg } from "../../message/sip.ts";
import type { Broken } from "./breach.ts";
import type { LegRules } from "./legs.ts";
import type { Speaker } from "./speaker.ts";

const keys = "0123456789*#ABCD";

/** An emergency call that is on its way, and the lines that were tried for it. */
interface Attempt {
  readonly number: string;
  readonly tried: readonly LineName[];
}

/**
 * Who dials an emergency number is connected: with the last digit, and whatever is short, as long as there is a way out;
 * when a line's server does not take it, by the next line, unless a person there refused.
 */
export class EmergencyRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  #numbers: ReadonlySet<string> = new Set();
  /** The number that has to leave with this event, and who dialled it. */
  #wanted: string | null = null;
  #who: Speaker | null = null;
  #lines = 0;
  readonly #attempts = new Map<SipLeg, Attempt>();
  /** It failed in this event, and has to go out by another line. */
  #failed: Attempt | null = null;
  /** It is over by this event. */
  #released: Attempt | null = null;

  constructor(broken: Broken, legs: LegRules) {
    this.#broken = broken;
    this.#legs = legs;
  }

  configured({ emergency, lines }: House): void {
    this.#numbers = new Set(lines.length === 0 ? [] : emergency);
    this.#lines = lines.length;
    this.#attempts.clear();
  }

  sipEvent(event: SipEvent): void {
    if (event.kind !== "refused") return;
    const attempt = this.#attempts.get(event.leg);
    const cause = causeOfStatus(event.status);
    if (attempt === undefined || cause === "busy" || cause === "rejected") return;
    if (attempt.tried.length < this.#lines) this.#failed = attempt;
  }

  dect(event: DectEvent): void {
    if (event.kind === "setup") return this.#begins(this.#legs.leg(event.call), event.keypad);
    if (event.kind === "keypad") this.#keys(this.#legs.leg(event.call), event.keypad);
  }

  fxs(event: FxsEvent): void {
    if (event.kind === "digit") return this.#keys(this.#legs.phone(event.port), event.digit);
    if (event.kind !== "wentOnHook") return;
    const phone = this.#legs.phone(event.port);
    if (phone !== null) phone.dialled = null;
  }

  sip(command: SipCommand): void {
    if (command.kind === "release") {
      this.#released = this.#attempts.get(command.leg) ?? this.#released;
      this.#attempts.delete(command.leg);
    }
    if (command.kind !== "invite" || !this.#numbers.has(command.to)) return;
    const { line, to: number } = command;
    const before = this.#released?.number === number ? this.#released.tried : [];
    if (before.includes(line)) this.#broken("emergency", [line], `failed, and is asked for ${number} again`);
    this.#attempts.set(command.leg, { number, tried: [...before, line] });
    if (before.length > 0) this.#failed = null;
    else if (number === this.#wanted) this.#wanted = null;
  }

  /** From here on it is no dialling any more. */
  told(fact: Fact): void {
    if (fact.kind !== "callStarted" || fact.fromParty.startsWith("line:")) return;
    const phone = this.#legs.phone(fact.fromParty);
    if (phone !== null) phone.dialled = null;
  }

  /** A handset that got no channel has not dialled anything. */
  settle(): void {
    if (this.#failed !== null)
      this.#broken("emergency", this.#failed.tried, `failed, and no other line is asked for ${this.#failed.number}`);
    this.#failed = null;
    this.#released = null;
    const wanted = this.#wanted;
    const who = this.#who;
    if (wanted === null) return;
    this.#wanted = null;
    if (who === null || who.endpoint === null || !this.#legs.dialogs.room) return;
    this.#broken("emergency", [who.party], `dialled ${wanted}, and it did not leave`);
  }

  #begins(leg: Speaker | null, keypad: string): void {
    if (leg === null || keypad === "") return;
    leg.dialled = "";
    this.#keys(leg, keypad);
  }

  #keys(leg: Speaker | null, pressed: string): void {
    if (leg === null || leg.dialled === null) return;
    for (const key of pressed) {
      if (!keys.includes(key)) continue;
      leg.dialled += key;
      if (!this.#numbers.has(leg.dialled)) continue;
      this.#wanted = leg.dialled;
      this.#who = leg;
      leg.dialled = null;
      return;
    }
  }
}
