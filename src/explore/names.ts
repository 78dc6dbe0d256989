import type { Command } from "../message/command.ts";
import type { CcCall } from "../message/dect.ts";
import type { Event } from "../message/event.ts";
import type { CallId } from "../message/name.ts";
import type { SipLeg } from "../message/sip.ts";
import type { Ledger } from "./ledger.ts";
import { chanceOf } from "./possible.ts";

/**
 * The names that the upper half handed out since the moment, by what they are for: the second CC transaction to handset:2, the
 * third timer of that name for the call that the fourth event began. In another order the same thing has another name.
 */
export class Names {
  readonly #counts = new Map<string, number>();
  readonly #given = new Map<string, string>();
  readonly #roles = new Map<string, string>();
  readonly #calls = new Map<CallId, string>();

  /** After an event: `choice` names it in every order alike; `touched` are the calls it reached. */
  learn(choice: string, commands: readonly Command[], touched: readonly CallId[], old: ReadonlySet<CallId>): void {
    for (const call of touched) {
      if (old.has(call) || this.#calls.has(call)) continue;
      this.#calls.set(call, `call of ${choice}`);
      this.#give(`call of ${choice}`, call);
    }
    for (const command of commands) {
      if (command.world === "dect" && command.kind === "setup") this.#give(`cc to ${command.handset}`, command.call);
      if (command.world === "sip" && command.kind === "invite")
        this.#give(`INVITE ${command.line} ${command.to}`, command.leg);
      if (command.world === "timer" && command.kind === "start")
        this.#give(`${command.name} of ${this.callName(command.owner)}`, command.timer);
    }
  }

  /** The same call has the same name in every order; what is no call keeps its own. */
  callName(owner: string): string {
    return this.#calls.get(owner as CallId) ?? owner; // a key that is none is not found
  }

  /** What it is for, and the how manieth; null: it was named before the moment, or by the world outside. */
  roleOf(name: string): string | null {
    return this.#roles.get(name) ?? null;
  }

  named(role: string): string | null {
    return this.#given.get(role) ?? null;
  }

  /** How many of each were given: two orders that gave as many go on alike. */
  counts(): string {
    return [...this.#counts]
      .map(([kind, count]) => `${kind} ${count}`)
      .sort()
      .join();
  }

  #give(kind: string, name: string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    const role = `${kind} #${count}`;
    this.#counts.set(kind, count);
    this.#given.set(role, name);
    this.#roles.set(name, role);
  }
}

type Named = "leg" | "call" | "timer" | "asked";
const named: readonly Named[] = ["leg", "call", "timer", "asked"];

/** An event as it was recorded, to be said again in another order. */
export class Template {
  readonly event: Event;
  /** It came when nobody thought that it could: nothing is asked of its time. */
  readonly isFree: boolean;
  readonly #roles: readonly (readonly [Named, string])[];
  /** Whose endpoint it is about; null: one that is the same in every order. */
  readonly #speaker: string | null;

  /** `names` and `ledger` are those of the recorded order, before the event. `happened`: it did come then. */
  constructor(event: Event, names: Names, ledger: Ledger, happened: boolean) {
    this.event = event;
    this.isFree = happened && chanceOf(event, ledger) === "no";
    this.#roles = named.flatMap((field) => {
      const role = names.roleOf(String(Reflect.get(event, field) ?? ""));
      return role === null ? [] : [[field, role] as const];
    });
    const name = "endpoint" in event ? ledger.ownerOf(event.endpoint) : null;
    this.#speaker = name === null ? null : names.roleOf(name);
  }

  /** The event with the names of this order; null: they were not given yet. */
  under(names: Names, ledger: Ledger): Event | null {
    const fields: { [field in Named | "endpoint"]?: string } = {};
    for (const [field, role] of this.#roles) {
      const name = names.named(role);
      if (name === null) return null;
      fields[field] = name;
    }
    if (this.#speaker !== null) {
      const speaker = names.named(this.#speaker) as SipLeg | CcCall | null; // as it was given: a leg
      const endpoint = speaker === null ? null : ledger.endpointOf(speaker);
      if (endpoint === null) return null;
      fields.endpoint = endpoint;
    }
    return { ...this.event, ...fields } as Event; // the same event, with other names of the same kinds
  }
}
