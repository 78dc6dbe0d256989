import type { TimerCommand, TimerId } from "../../message/timer.ts";
import type { Broken } from "./breach.ts";

interface Running {
  readonly name: string;
  readonly owner: string;
  readonly due: number;
  /** When it was first seen to be late: a machine that slept is late with everything, and makes up for it at once. */
  lateSince: number | null;
}

/** A timer that is seen to be late for so long has been lost, ms. */
const overdue = 600_000;
const oneIn = 8;

/** Every timer has an owner and ends. */
export class TimerRules {
  readonly #broken: Broken;
  readonly #running = new Map<TimerId, Running>();
  /** By name, who has one: nobody has two that are named alike. */
  readonly #names = new Map<string, Set<string>>();
  #ofCalls = 0;
  #events = 0;
  #now = 0;
  #jumpedAt = 0;
  /** One is looked at with every eighth event: nobody goes through them all. */
  #round = this.#running.entries();

  constructor(broken: Broken) {
    this.#broken = broken;
  }

  /** Timers that belong to calls. */
  get ofCalls(): number {
    return this.#ofCalls;
  }

  get running(): Iterable<string> {
    return this.#running.keys();
  }

  expired(timer: TimerId): void {
    this.#end(timer);
  }

  command(command: TimerCommand, now: number): void {
    const { timer } = command;
    if (command.kind === "cancel") {
      if (!this.#end(timer)) this.#broken("timer", [timer], "cancelled twice, or after it fired");
      return;
    }
    const { name, owner } = command;
    const owners = this.#owners(name);
    if (owners.has(owner)) this.#broken("timer", [timer, owner], `${name} runs, and is started again`);
    owners.add(owner);
    if (owner === "" || name === "") this.#broken("timer", [timer], "has no owner, or no name");
    this.#running.set(timer, { name, owner, due: now + command.afterMs, lateSince: null });
    if (owner.startsWith("call:")) this.#ofCalls += 1;
  }

  /** The first timer of one of these owners. */
  of(owners: Iterable<string>): string | null {
    const names = new Set(owners);
    for (const [timer, { owner }] of this.#running) if (names.has(owner)) return timer;
    return null;
  }

  settle(now: number): void {
    // The machine slept, or the queue stood still: what was started before is late, or was started later than it seems.
    if (now - this.#now > overdue) this.#jumpedAt = now;
    this.#now = now;
    this.#events += 1;
    if (this.#events % oneIn !== 0) return;
    const { done, value } = this.#round.next();
    if (done === true) {
      if (this.#running.size > 0) this.#round = this.#running.entries();
      return;
    }
    const [timer, running] = value;
    const { name, owner, due } = running;
    if (now <= due) return;
    running.lateSince ??= now;
    if (now <= Math.max(running.lateSince, this.#jumpedAt) + overdue) return;
    this.#end(timer);
    this.#broken("timer", [timer, owner], `${name} should have ended ${Math.round((now - due) / 1000)} s ago`);
  }

  #owners(name: string): Set<string> {
    const owners = this.#names.get(name) ?? new Set();
    if (owners.size === 0) this.#names.set(name, owners);
    return owners;
  }

  #end(timer: TimerId): boolean {
    const running = this.#running.get(timer);
    if (running === undefined) return false;
    this.#running.delete(timer);
    this.#owners(running.name).delete(running.owner);
    if (running.owner.startsWith("call:")) this.#ofCalls -= 1;
    return true;
  }
}
