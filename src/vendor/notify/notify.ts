import type { Fact, NotifyCommand } from "../../message/notify.ts";
import type { Clock } from "../clock/clock.ts";

/** A fact with its moment. */
export interface ToldFact {
  readonly at: number;
  readonly fact: Fact;
}

export type FactListener = (fact: Fact, at: number) => void;

export interface Notify {
  perform(command: NotifyCommand): void;
  /** The last facts, oldest first. */
  recent(): readonly ToldFact[];
  /**
   * Tells every fact from now on, in order, after the event that caused it is done.
   * A listener that throws, or has more than `mostWaiting` facts before it, misses facts; the others do not.
   */
  onFact(listener: FactListener): () => void;
  /** Facts that listeners missed. */
  missed(): number;
}

const kept = 200;
const mostWaiting = 1000;

/** The fan-out of facts to whoever watches. */
export function openNotify(clock: Clock): Notify {
  const last: ToldFact[] = [];
  const listeners = new Set<Outbox>();
  let missed = 0;
  const miss = (): void => {
    missed += 1;
  };
  return {
    perform({ fact }) {
      const told = { at: clock.now(), fact };
      last.push(told);
      if (last.length > kept) last.shift();
      for (const outbox of listeners) outbox.put(told);
    },
    recent: () => [...last],
    onFact(listener) {
      const outbox = new Outbox(listener, miss);
      listeners.add(outbox);
      return () => {
        listeners.delete(outbox);
        outbox.close();
      };
    },
    missed: () => missed,
  };
}

/** What one listener has not been told yet. */
class Outbox {
  readonly #listener: FactListener;
  readonly #miss: () => void;
  #waiting: ToldFact[] = [];
  #closed = false;

  constructor(listener: FactListener, miss: () => void) {
    this.#listener = listener;
    this.#miss = miss;
  }

  put(told: ToldFact): void {
    if (this.#waiting.length >= mostWaiting) return this.#miss();
    this.#waiting.push(told);
    // Later, not now: a listener must not run inside the event that is being handled.
    if (this.#waiting.length === 1) setImmediate(() => this.#tell());
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  #tell(): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const { fact, at } of told) {
      if (this.#closed) return;
      try {
        this.#listener(fact, at);
      } catch {
        this.#miss();
      }
    }
  }
}
