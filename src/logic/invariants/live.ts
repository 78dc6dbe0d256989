import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { Fact } from "../../message/notify.ts";
import type { Breach, Rule } from "./breach.ts";
import { Rules } from "./rules.ts";

type RuleBroken = Extract<Fact, { readonly kind: "ruleBroken" }>;

/** One of a kind is told in this time, ms. */
const silence = 60_000;

/** The rules in a running gateway: a breach is told, once per rule and minute, and the gateway goes on. */
export class LiveRules {
  readonly #rules: Rules;
  readonly #told = new Map<Rule, number>();
  readonly #tell: (fact: RuleBroken) => void;
  #now = 0;
  #event = 0;
  #breaches = 0;

  constructor(calls: () => number, tell: (fact: RuleBroken) => void) {
    this.#rules = new Rules(calls, (breach) => this.#broken(breach));
    this.#tell = tell;
  }

  /** All that there were, told or not. */
  get breaches(): number {
    return this.#breaches;
  }

  /** `n`: the event's number in the journal. */
  watch(event: Event, commands: readonly Command[], n: number): void {
    this.#now = event.at;
    this.#event = n;
    this.#rules.watch(event, commands);
  }

  #broken({ rule, objects, why }: Breach): void {
    this.#breaches += 1;
    const last = this.#told.get(rule);
    if (last !== undefined && this.#now - last < silence) return;
    this.#told.set(rule, this.#now);
    this.#tell({ kind: "ruleBroken", rule, objects: objects.slice(0, 16), why, event: this.#event });
  }
}
