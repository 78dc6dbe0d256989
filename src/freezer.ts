import type { Frozen, QueueControl } from "./gateway-contract.ts";
import type { Proactor, Stepped } from "./logic/proactor.ts";
import type { Clock } from "./vendor/clock/clock.ts";
import type { Watchdog } from "./vendor/watchdog/watchdog.ts";

/** No event is thrown away for want of room: with more than these waiting the queue goes on by itself. */
const most = 10_000;

interface FreezerParts {
  readonly proactor: Proactor;
  readonly watchdog: Watchdog;
  readonly clock: Clock;
  report(problem: string): void;
}

/** Pauses a running gateway between two events, and tells those who would take it for stuck. */
export class Freezer implements QueueControl {
  readonly #parts: FreezerParts;
  #since: number | null = null;

  constructor(parts: FreezerParts) {
    this.#parts = parts;
  }

  frozen(): Frozen | null {
    return this.#since === null ? null : { since: this.#since, waiting: this.#parts.proactor.waiting, most };
  }

  freeze(): void {
    if (this.#since !== null) return;
    const { proactor, watchdog, clock, report } = this.#parts;
    this.#since = clock.now();
    proactor.freeze({ most, full: () => this.#full() });
    watchdog.frozen(true);
    report("the queue is frozen: nobody's call goes on until `offhook resume`");
  }

  resume(): void {
    if (this.#since === null) return;
    const { proactor, watchdog, clock, report } = this.#parts;
    const seconds = ((clock.now() - this.#since) / 1000).toFixed(1);
    this.#since = null;
    watchdog.frozen(false);
    report(`the queue goes on after ${seconds} s, ${proactor.waiting} events waited`);
    proactor.resume();
  }

  step(): Stepped | null {
    return this.#parts.proactor.step();
  }

  #full(): void {
    this.#parts.report(`${most} events wait in the frozen queue, and there is no room for more`);
    this.resume();
  }
}
