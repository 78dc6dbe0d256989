import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";

/** What the Proactor needs of the outside: it has no clock and no scheduler of its own. */
export interface ProactorPorts {
  /** The upper half: reacts to one event, to completion, and returns the commands. Must not throw. */
  readonly handle: (event: Event) => readonly Command[];
  /** Gets each event with the commands it caused, in order: perform, journal. Must not throw. */
  readonly done: (event: Event, commands: readonly Command[], sequence: number) => void;
  /** Monotonic milliseconds, for the figures only. */
  readonly clock: () => number;
  /** Runs `drain` soon, from an empty stack. */
  readonly wake: (drain: () => void) => void;
}

interface Queued {
  readonly event: Event;
  readonly postedAt: number;
}

/** How many events may wait in a frozen queue, and what is done before one more enters: `full` has to resume it. */
export interface Room {
  readonly most: number;
  readonly full: () => void;
}

/** One event that was handled alone, and what it caused. */
export interface Stepped {
  readonly event: Event;
  readonly commands: readonly Command[];
}

/**
 * The one queue (half-async/half-async): everything that happens outside enters here, one event is handled at a time,
 * to completion. Anyone may post, also a handler; a post never runs anything itself.
 */
export class Proactor {
  readonly queueDelayMs = new Reservoir();
  readonly handlerMs = new Reservoir();
  readonly #ports: ProactorPorts;
  #queue: Queued[] = [];
  #scheduled = false;
  #draining = false;
  #frozen = false;
  #room: Room | null = null;
  /** Waiting in a frozen queue is no delay of the queue's: it is counted from here, ms. */
  #movesSince = 0;
  #handled = 0;

  constructor(ports: ProactorPorts) {
    this.#ports = ports;
  }

  /** Events handled so far. */
  get handled(): number {
    return this.#handled;
  }

  /** Events waiting. */
  get waiting(): number {
    return this.#queue.length;
  }

  post = (event: Event): void => {
    if (this.#room !== null && this.#queue.length >= this.#room.most) this.#room.full();
    this.#queue.push({ event, postedAt: this.#ports.clock() });
    this.#schedule();
  };

  /** Stops between two events: the queue grows, state stands still. */
  freeze(room: Room | null = null): void {
    this.#frozen = true;
    this.#room = room;
  }

  /** Goes on after `freeze`, in order. */
  resume(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#room = null;
    this.#movesSince = this.#ports.clock();
    this.#schedule();
  }

  /** Handles the event at the head of a frozen queue, and stands still again; null when none waits. */
  step(): Stepped | null {
    if (!this.#frozen || this.#draining) throw new Error("only a frozen queue is stepped through, from outside");
    const head = this.#queue.shift();
    if (head === undefined) return null;
    this.#movesSince = this.#ports.clock();
    this.#draining = true;
    try {
      return { event: head.event, commands: this.#run(head) };
    } finally {
      this.#draining = false;
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#frozen || this.#queue.length === 0) return;
    this.#scheduled = true;
    this.#ports.wake(() => this.#drain());
  }

  /** Takes all that is there when it wakes; what is posted meanwhile waits for its turn after the outside had one. */
  #drain(): void {
    this.#scheduled = false;
    if (this.#draining) throw new Error("the queue was drained from inside a handler");
    this.#draining = true;
    const batch = this.#queue;
    this.#queue = [];
    let next = 0;
    try {
      while (next < batch.length && !this.#frozen) this.#run(batch[next++] as Queued);
    } finally {
      this.#draining = false;
      this.#queue = batch.slice(next).concat(this.#queue);
      this.#schedule();
    }
  }

  #run(queued: Queued): readonly Command[] {
    const began = this.#ports.clock();
    this.queueDelayMs.add(began - Math.max(queued.postedAt, this.#movesSince));
    const commands = this.#ports.handle(queued.event);
    this.#handled += 1;
    this.handlerMs.add(this.#ports.clock() - began);
    this.#ports.done(queued.event, commands, this.#handled);
    return commands;
  }
}

/** The last few thousand figures, for percentiles. */
export class Reservoir {
  readonly #values = new Float64Array(4096);
  #count = 0;
  #max = 0;

  add(value: number): void {
    this.#values[this.#count % this.#values.length] = value;
    this.#count += 1;
    if (value > this.#max) this.#max = value;
  }

  /** Percentiles of the recent values, maximum of all. */
  summary(): { p50: number; p99: number; max: number } {
    const recent = this.#values.slice(0, Math.min(this.#count, this.#values.length)).sort();
    const at = (share: number) => recent[Math.min(recent.length - 1, Math.floor(recent.length * share))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: this.#max };
  }
}
