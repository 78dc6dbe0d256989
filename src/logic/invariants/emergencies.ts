import type { DectEvent } from "../../message/dect.ts";
import type { FxsEvent } from "../../message/fxs.ts";
import type { Fact } from "../../message/notify.ts";
import type { House } from "../../message/plan.ts";
import type { SipCommand } from "../../message/sip.ts";
import type { Broken } from "./breach.ts";
import type { LegRules } from "./legs.ts";
import type { Speaker } from "./speaker.ts";

const keys = "0123456789*#ABCD";

/** Who dials an emergency number is connected: with the last digit, and whatever is short, as long as there is a way out. */
export class EmergencyRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  #numbers: ReadonlySet<string> = new Set();
  /** The number that has to leave with this event, and who dialled it. */
  #wanted: string | null = null;
  #who: Speaker | null = null;

  constructor(broken: Broken, legs: LegRules) {
    this.#broken = broken;
    this.#legs = legs;
  }

  configured({ emergency, lines }: House): void {
    this.#numbers = new Set(lines.length === 0 ? [] : emergency);
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
    if (command.kind === "invite" && command.to === this.#wanted) this.#wanted = null;
  }

  /** From here on it is no dialling any more. */
  told(fact: Fact): void {
    if (fact.kind !== "callStarted" || fact.fromParty.startsWith("line:")) return;
    const phone = this.#legs.phone(fact.fromParty);
    if (phone !== null) phone.dialled = null;
  }

  /** A handset that got no channel has not dialled anything. */
  settle(): void {
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
