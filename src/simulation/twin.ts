import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { Instant } from "../message/units.ts";
import { UpperHalf } from "../upper-half.ts";
import type { Resting } from "./rest.ts";

/**
 * A house restored from the state of a quiet moment, as a journal's segment begins, that is told the same events from then
 * on: it has to answer the same, word for word.
 */
export class Twin {
  #upper: UpperHalf | null = null;

  /** Begins, when the house is quiet; one that lives already goes on. */
  begin(upper: Resting & { readonly quiet: boolean }, at: Instant): void {
    if (this.#upper !== null || !upper.quiet) return;
    this.#upper = new UpperHalf();
    for (const event of upper.restart(at)) this.#upper.handle(event);
  }

  end(): void {
    this.#upper = null;
  }

  /** What it says otherwise; null when there is no twin or no difference. */
  differs(event: Event, commands: readonly Command[]): string | null {
    if (this.#upper === null) return null;
    const [there, here] = [JSON.stringify(this.#upper.handle(event)), JSON.stringify(commands)];
    return there === here ? null : `a house restored from its state says otherwise: ${there} is ${here} here`;
  }
}
