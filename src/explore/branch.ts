import type { Breach, Rule } from "../logic/invariants/breach.ts";
import { Rules } from "../logic/invariants/rules.ts";
import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { CallId } from "../message/name.ts";
import type { TimerId } from "../message/timer.ts";
import { instant } from "../message/units.ts";
import type { UpperHalf } from "../upper-half.ts";
import { Fingerprint } from "./fingerprint.ts";
import type { Ledger } from "./ledger.ts";
import type { Moment } from "./moment.ts";
import { Names, type Template } from "./names.ts";
import { type Chance, chanceOf } from "./possible.ts";
import { touchedBy } from "./touched.ts";

/** What is held against the rules. */
export type Subject = Pick<UpperHalf, "handle" | "view" | "calls" | "quiet" | "restart" | "snapshot" | "touched">;

/** A rule that was broken, a handler that threw, or a house that does not come to rest. */
export interface Failure extends Omit<Breach, "rule"> {
  readonly rule: Rule | "fault" | "rest";
}

/** An event, and what came of it. */
export interface Happened {
  readonly event: Event;
  readonly commands: readonly Command[];
  /** Null: it happened before the moment, or everybody is hanging up. */
  readonly choice: string | null;
  readonly late: boolean;
}

/** One house that lives through one order of events, from the beginning. */
export class Branch {
  readonly upper: Subject;
  readonly ledger: Ledger;
  readonly names = new Names();
  readonly rules: Rules;
  readonly happened: Happened[] = [];
  readonly #fingerprint = new Fingerprint();
  readonly #old = new Set<CallId>();
  /** What the last event touched. */
  touched: readonly string[] = [];
  failure: Failure | null = null;
  now = 0;

  constructor(moment: Moment, fresh: () => Subject) {
    this.upper = fresh();
    this.ledger = moment.outside.copy();
    this.rules = new Rules(
      () => this.upper.calls,
      (breach) => {
        this.failure ??= breach;
      },
    );
    for (const event of moment.before) for (const call of this.handle(event, null, false)) this.#old.add(call);
  }

  /** Whether a recorded event can come now. */
  chance(template: Template, again = false): { readonly event: Event; readonly chance: Chance } {
    const event = template.under(this.names, this.ledger);
    if (event === null) return { event: template.event, chance: "no" };
    const chance = chanceOf(event, this.ledger, again);
    return { event, chance: template.isFree && chance === "no" ? "late" : chance };
  }

  /** An event at that time, or now when that is later. `choice` names it in every order alike. */
  take(event: Event, at: number, choice: string, late: boolean): void {
    const owner = event.world === "timer" ? (this.ledger.timers.get(event.timer)?.owner ?? null) : null;
    const calls = this.handle({ ...event, at: instant(Math.max(at, this.now)) }, choice, late);
    const { commands } = this.happened[this.happened.length - 1] ?? { commands: [] };
    this.names.learn(choice, commands, calls, this.#old);
    this.touched = touchedBy(event, commands, calls, { names: this.names, ledger: this.ledger, owner });
    this.#fingerprint.touched(choice, this.touched);
  }

  /** Handles an event; gives the calls that it reached. */
  handle(event: Event, choice: string | null, late: boolean): readonly CallId[] {
    this.now = event.at;
    const commands = this.upper.handle(event);
    this.happened.push({ event, commands, choice, late });
    this.ledger.event(event);
    for (const command of commands) {
      this.ledger.command(command);
      if (command.world !== "notify" || command.fact.kind !== "fault") continue;
      this.failure ??= { rule: "fault", objects: command.fact.calls, why: command.fact.message };
    }
    this.rules.watch(event, commands);
    return this.upper.touched();
  }

  /** What the state is known by; `rest`: what is still to come. */
  key(rest: string): number {
    const view = this.upper.view();
    this.#fingerprint.settle(view, this.names, this.upper.quiet);
    const up = view.calls.map(({ call }) => this.names.callName(call)).sort();
    return this.#fingerprint.key(`${up.join()} ${this.names.counts()} ${rest}`);
  }

  /** A running timer, or one that was cancelled just now, by a name that is the same in every order. */
  timerOf(timer: TimerId): string {
    return this.names.roleOf(timer) ?? timer;
  }

  /** Which timers end before which, and whose expiry may cross its cancel. */
  clock(): string {
    const { timers } = this.ledger;
    const running = [...timers.all].map((it) => {
      const before = timers.before(it).map(({ timer }) => this.timerOf(timer));
      return `${this.timerOf(it.timer)} after ${before.sort().join()}`;
    });
    const crossing = [...timers.crossing].map((timer) => this.timerOf(timer));
    return `${running.sort().join()} ${crossing.sort().join()}`;
  }
}
