import type { Cause } from "../../message/cause.ts";
import type { CallId } from "../../message/name.ts";
import type { Fact } from "../../message/notify.ts";
import type { Broken } from "./breach.ts";

/** Causes of calls that nobody answered. A CANCEL that crosses the answer ends one that was. */
const unanswered: readonly Cause[] = ["noAnswer", "answeredElsewhere", "addressIncomplete", "notFound"];
/** More calls than any house has are a leak: it was told, and must not become one here. */
const mostCalls = 4096;

/** What is told of a call makes sense. */
export class StoryRules {
  readonly #broken: Broken;
  readonly #calls = new Set<CallId>();

  constructor(broken: Broken) {
    this.#broken = broken;
  }

  get calls(): Iterable<string> {
    return this.#calls;
  }

  told(fact: Fact): void {
    if (fact.kind === "callStarted") {
      if (this.#calls.size >= mostCalls) this.#calls.clear();
      this.#calls.add(fact.call);
    }
    if (fact.kind !== "callEnded") return;
    const { call, cause, record } = fact;
    if (!this.#calls.delete(call)) this.#broken("story", [call], "ended, and was over, or never began");
    if (record?.result === "answered" && unanswered.includes(cause))
      this.#broken("story", [call], `was answered, and ended by ${cause}`);
  }
}
