import type { Command } from "../message/command.ts";
import type { TimerId } from "../message/timer.ts";
import type { Milliseconds } from "../message/units.ts";

interface Running {
  readonly name: string;
  readonly owner: string;
  readonly expire: () => void;
}

/** A pending timer; ends it, also when it has already fired. */
export type Stop = () => void;

/** Every timer has a name and an owner, and sits in this registry: who still ticks? */
export class TimerBoard {
  readonly #send: (command: Command) => void;
  readonly #running = new Map<TimerId, Running>();
  #count = 0;

  constructor(send: (command: Command) => void) {
    this.#send = send;
  }

  start(name: string, owner: string, afterMs: Milliseconds, expire: () => void): Stop {
    this.#count += 1;
    const timer: TimerId = `timer:${this.#count}`;
    this.#running.set(timer, { name, owner, expire });
    this.#send({ world: "timer", kind: "start", timer, afterMs, name, owner });
    return () => {
      if (!this.#running.delete(timer)) return;
      this.#send({ world: "timer", kind: "cancel", timer });
    };
  }

  /** A cancel may cross the expiry: a timer that nobody waits for any more does nothing. */
  expired(timer: TimerId): void {
    const running = this.#running.get(timer);
    if (running === undefined) return;
    this.#running.delete(timer);
    running.expire();
  }

  list(): { name: string; owner: string }[] {
    return [...this.#running.values()].map(({ name, owner }) => ({ name, owner }));
  }

  get count(): number {
    return this.#count;
  }

  /** Continues the numbering of an earlier run. */
  continueFrom(count: number): void {
    this.#count = count;
  }
}
