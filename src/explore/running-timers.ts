import type { TimerCommand, TimerId } from "../message/timer.ts";

/** A timer of the house. */
export interface RunningTimer {
  readonly timer: TimerId;
  readonly name: string;
  readonly owner: string;
  readonly afterMs: number;
  readonly due: number;
}

/** An expiry that crosses its cancel comes soon, or not at all: so many cancelled timers are remembered. */
const remembered = 32;

/** The timers that run, in the order in which they were started. */
export class RunningTimers {
  readonly #running = new Map<TimerId, RunningTimer>();
  /** Cancelled by the last event: an expiry may be in the queue already. */
  readonly #crossing = new Set<TimerId>();
  readonly #cancelled = new Set<TimerId>();
  #now = 0;

  copy(): RunningTimers {
    const copy = new RunningTimers();
    for (const it of this.#running.values()) copy.#running.set(it.timer, it);
    for (const timer of [...this.#cancelled].slice(-remembered)) copy.#cancelled.add(timer);
    return copy;
  }

  /** The next event, at that time. */
  begin(at: number): void {
    this.#now = at;
    this.#crossing.clear();
  }

  command(command: TimerCommand): void {
    const { timer } = command;
    if (command.kind === "start") {
      const { name, owner, afterMs } = command;
      this.#running.set(timer, { timer, name, owner, afterMs, due: this.#now + afterMs });
    } else if (this.#running.delete(timer)) {
      this.#crossing.add(timer);
      this.#cancelled.add(timer);
    }
  }

  expired(timer: TimerId): void {
    this.#running.delete(timer);
    this.#cancelled.delete(timer);
  }

  get all(): Iterable<RunningTimer> {
    return this.#running.values();
  }

  /** Cancelled by the last event. */
  get crossing(): Iterable<TimerId> {
    return this.#crossing;
  }

  get(timer: TimerId): RunningTimer | null {
    return this.#running.get(timer) ?? null;
  }

  wasCancelled(timer: TimerId): boolean {
    return this.#cancelled.has(timer);
  }

  /**
   * It may be the next to end. Time can be stretched between two events, but not for one timer alone: one that was started
   * earlier for no longer a time ends before.
   */
  mayEnd(timer: TimerId): boolean {
    const it = this.#running.get(timer);
    return it !== undefined && this.before(it).length === 0;
  }

  /** Those that end before it. */
  before(it: RunningTimer): readonly RunningTimer[] {
    const before: RunningTimer[] = [];
    for (const other of this.#running.values()) {
      if (other === it) break;
      if (other.afterMs <= it.afterMs) before.push(other);
    }
    return before;
  }
}
