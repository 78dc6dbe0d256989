import type { LineName } from "../../message/name.ts";
import type { House } from "../../message/plan.ts";
import type { SipEvent } from "../../message/sip.ts";
import type { LineView } from "../../message/view.ts";
import type { Broken } from "./breach.ts";

const states: Partial<Record<SipEvent["kind"], string>> = {
  registered: "registered",
  registrationFailed: "failed",
  unregistered: "unregistered",
};

/** Registration state agrees with the registrar's last word. */
export class RegistrationRules {
  readonly #broken: Broken;
  /** What was told of a line last. */
  readonly #told = new Map<LineName, string>();
  readonly #servers = new Map<LineName, string>();
  #changes = false;
  #toldNow = false;
  #asked: LineName | null = null;
  #wanted = "";

  constructor(broken: Broken) {
    this.#broken = broken;
  }

  configured(house: House): void {
    this.#told.clear();
    this.#servers.clear();
    for (const { line, registers } of house.lines) this.#told.set(line, registers ? "unregistered" : "direct");
  }

  restored(lines: readonly LineView[]): void {
    for (const { line, state, server } of lines) {
      this.#told.set(line, state);
      this.#servers.set(line, server);
    }
  }

  event(event: SipEvent): void {
    const state = states[event.kind];
    if (state === undefined) return;
    this.#asked = event.line;
    this.#wanted = state;
    const before = this.#servers.get(event.line) ?? "";
    const server = "server" in event ? event.server : before;
    this.#changes = this.#told.get(event.line) !== state || server !== before;
    this.#servers.set(event.line, server);
  }

  told(line: LineName, state: string): void {
    this.#told.set(line, state);
    this.#toldNow = true;
  }

  settle(): void {
    const line = this.#asked;
    if (line === null) return;
    this.#asked = null;
    const told = this.#told.get(line) ?? null;
    const toldNow = this.#toldNow;
    this.#toldNow = false;
    if (told !== null && told !== this.#wanted)
      return this.#broken("registration", [line], `is told to be ${told}; the registrar's last word: ${this.#wanted}`);
    if (told !== null && this.#changes !== toldNow)
      this.#broken("registration", [line], this.#changes ? "changes, and is not told to" : "is told of again");
  }
}
