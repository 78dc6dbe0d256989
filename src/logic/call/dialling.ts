import type { Cause } from "../../message/cause.ts";
import type { Digit } from "../../message/name.ts";
import type { Target } from "../../message/plan.ts";
import { ms } from "../../message/units.ts";
import type { Desk } from "../desk.ts";
import type { DialPlan } from "../dialplan/dialplan.ts";
import type { Stop } from "../timers.ts";

/** No number on earth is longer; whoever dials on is playing. */
const MOST_DIGITS = 40;

/** What comes of dialling. Called from the event of the deciding digit, or of a timer. */
export interface DiallingEnd {
  readonly routed: (target: Target) => void;
  readonly failed: (cause: Cause) => void;
}

/**
 * Collects digits (overlap sending, EN 300 175-5 §9.3.1.5): the plan is asked at every digit, a number nothing can
 * be added to leaves at once, otherwise time decides.
 */
export class Dialling {
  readonly #desk: Desk;
  readonly #plan: DialPlan;
  readonly #owner: string;
  readonly #end: DiallingEnd;
  #dialled = "";
  #stop: Stop | null = null;

  constructor(desk: Desk, plan: DialPlan, owner: string, end: DiallingEnd) {
    this.#desk = desk;
    this.#plan = plan;
    this.#owner = owner;
    this.#end = end;
    this.#wait("firstDigit", desk.house.timing.firstDigitMs, () => end.failed("timeout"));
  }

  get dialled(): string {
    return this.#dialled;
  }

  digit(digit: Digit): void {
    this.#dialled += digit;
    this.close();
    if (this.#dialled.length > MOST_DIGITS) return this.#end.failed("notFound");
    const { interDigitMs, completeMs } = this.#desk.house.timing;
    const match = this.#plan.match(this.#dialled);
    switch (match.kind) {
      case "none":
        return this.#end.failed("notFound");
      case "partial":
        return this.#wait("interDigit", interDigitMs, () => this.#end.failed("addressIncomplete"));
      case "barred":
        if (match.final) return this.#end.failed("forbidden");
        return this.#wait("complete", completeMs, () => this.#end.failed("forbidden"));
      case "complete":
        if (match.final) return this.#end.routed(match.target);
        return this.#wait("complete", completeMs, () => this.#end.routed(match.target));
    }
  }

  /** Stops the clock; nothing is called any more. */
  close(): void {
    this.#stop?.();
    this.#stop = null;
  }

  #wait(name: string, afterMs: number, expire: () => void): void {
    this.#stop = this.#desk.timers.start(name, this.#owner, ms(afterMs), expire);
  }
}
