import type { TimerCommand, TimerId } from "../../message/timer.ts";
import type { TakeBack } from "../agenda.ts";
import type { Outside } from "./outside.ts";

/** An expiry that is due so soon may be in the queue already when its timer is cancelled, ms. */
const crossing = 5;

/** Timers of the house. */
export class Clock {
  readonly #outside: Outside;
  readonly #running = new Map<TimerId, { readonly due: number; readonly takeBack: TakeBack }>();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  perform(command: TimerCommand): void {
    const { timer } = command;
    if (command.kind === "cancel") {
      const running = this.#running.get(timer);
      const crosses = running !== undefined && running.due - this.#outside.agenda.now <= crossing;
      if (!crosses) running?.takeBack();
      this.#running.delete(timer);
      return;
    }
    const expire = (): void => {
      this.#running.delete(timer);
      this.#outside.post({ world: "timer", kind: "expired", timer });
    };
    const { agenda } = this.#outside;
    const takeBack = agenda.after(command.afterMs, expire);
    this.#running.set(timer, { due: agenda.now + command.afterMs, takeBack });
  }
}
