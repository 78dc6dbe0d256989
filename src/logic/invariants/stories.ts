import type { Cause } from "../../message/cause.ts";
import type { CallId } from "../../message/name.ts";
import type { Fact } from "../../message/notify.ts";
import type { CallRecord } from "../../message/record.ts";
import type { Broken } from "./breach.ts";
import { steps } from "./dialogs.ts";
import type { LegRules } from "./legs.ts";
import type { PathRules } from "./paths.ts";
import { isSip, type Speaker } from "./speaker.ts";

/** Causes of calls that nobody answered. A CANCEL that crosses the answer ends one that was. */
const unanswered: readonly Cause[] = ["noAnswer", "answeredElsewhere", "addressIncomplete", "notFound"];
/** More calls than any house has are a leak: it was told, and must not become one here. */
const mostCalls = 4096;

interface Told {
  readonly caller: Speaker | null;
  answered: boolean;
  /** An INVITE was sent for it. */
  out: boolean;
  /** Entries in the call log. */
  written: number;
}

/** What is told of a call makes sense, to who watches, to its caller, and in the call log. */
export class StoryRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  readonly #paths: PathRules;
  readonly #calls = new Map<CallId, Told>();
  /** In this event: whose called side rings; who was answered. */
  #rings: CallId | null = null;
  #answered: CallId | null = null;
  /** Who calls in this event. */
  #caller: Speaker | null = null;
  #begun: CallId | null = null;
  #timed = false;
  #measured = false;
  /** The highest number of a call in the log of before. */
  #before = 0;

  constructor(broken: Broken, legs: LegRules, paths: PathRules) {
    this.#broken = broken;
    this.#legs = legs;
    this.#paths = paths;
  }

  get calls(): Iterable<string> {
    return this.#calls.keys();
  }

  /** Who calls, of the call that began in this event. */
  get caller(): Speaker | null {
    return this.#caller;
  }

  loaded(records: readonly CallRecord[]): void {
    for (const { call } of records) this.#before = Math.max(this.#before, numberOf(call));
  }

  told(fact: Fact): void {
    switch (fact.kind) {
      case "callStarted":
        return this.#began(fact);
      case "callRinging":
        this.#rings = fact.call;
        return;
      case "callAnswered":
        return this.#wasAnswered(fact.call);
      case "callEnded":
        return this.#ended(fact);
      default:
        return;
    }
  }

  /** An INVITE for the call that began in this event. */
  invited(): void {
    const told = this.#begun === null ? undefined : this.#calls.get(this.#begun);
    if (told !== undefined) told.out = true;
  }

  /** A timer of a call was started. */
  timed(owner: string): void {
    if (owner === this.#begun) this.#timed = true;
  }

  /** How a call was heard is asked for. */
  measured(): void {
    this.#measured = true;
  }

  written(record: CallRecord, now: number): void {
    const { call, answeredAt, durationMs, direction, fromParty } = record;
    if (durationMs !== (answeredAt === null ? 0 : now - answeredAt))
      this.#broken("log", [call], `lasts ${durationMs} ms in the log`);
    if ((direction === "incoming") !== fromParty.startsWith("line:"))
      this.#broken("log", [call], `of ${fromParty} is ${direction} in the log`);
    const told = this.#calls.get(call);
    if (told === undefined) return this.#broken("log", [call], "is in the log, and was over, or never began");
    told.written += 1;
    if ((direction === "outgoing") !== told.out && direction !== "incoming" && (told.out || told.answered))
      this.#broken("log", [call], `is ${direction} in the log`);
    if (told.written > 1) this.#broken("log", [call], "is in the log again");
  }

  /** The event is over: who calls knows how it goes on. */
  settle(): void {
    const rings = this.#rings;
    const answered = this.#answered;
    if (this.#begun !== null) this.#waits(this.#begun);
    this.#measured = false;
    if (rings !== null) {
      this.#rings = null;
      this.#knows(rings);
    }
    if (answered === null) return;
    this.#answered = null;
    const caller = this.#calls.get(answered)?.caller ?? null;
    if (caller === null) return;
    if (!caller.answered) this.#broken("order", [answered, caller.id], "is answered, and the caller was not told");
    if (!this.#paths.isJoined(caller.endpoint))
      this.#broken("voicePath", [answered, caller.id], "is answered, and hears nobody");
  }

  /** A call that nobody has answered yet does not go on for ever. */
  #waits(call: CallId): void {
    const told = this.#calls.get(call);
    if (told !== undefined && !told.answered && !this.#timed)
      this.#broken("timer", [call], "has begun, and nothing ends it when nobody answers");
    this.#begun = null;
    this.#timed = false;
    this.#caller = null;
  }

  /** A caller whose called side rings hears or reads that, until he hears more. */
  #knows(call: CallId): void {
    const caller = this.#calls.get(call)?.caller ?? null;
    if (caller === null) return;
    const { endpoint } = caller;
    const knows = isSip(caller) ? caller.told >= steps.ring : endpoint === null || this.#paths.hears(endpoint);
    if (!knows) this.#broken("order", [call, caller.id], "rings, and the caller was not told");
  }

  #began({ call, fromParty, to }: Extract<Fact, { kind: "callStarted" }>): void {
    if (this.#calls.size >= mostCalls) this.#calls.clear();
    const caller = fromParty.startsWith("line:") ? this.#legs.dialogs.asking : this.#legs.phone(fromParty);
    this.#caller = caller;
    this.#begun = call;
    if (to === "") this.#broken("story", [call], "calls nobody: there is no number");
    if (numberOf(call) <= this.#before) this.#broken("story", [call], "has the name of one that is in the log");
    if (this.#calls.has(call)) this.#broken("story", [call], "began twice");
    this.#calls.set(call, { caller, answered: false, out: false, written: 0 });
  }

  #wasAnswered(call: CallId): void {
    const told = this.#calls.get(call);
    if (told === undefined || told.answered) this.#broken("story", [call], "was answered, and was already, or is over");
    if (told === undefined) return;
    told.answered = true;
    this.#answered = call;
  }

  #ended({ call, cause, record }: Extract<Fact, { kind: "callEnded" }>): void {
    const told = this.#calls.get(call);
    if (told === undefined) return this.#broken("story", [call], "ended, and was over, or never began");
    this.#calls.delete(call);
    if (record?.result === "answered" && unanswered.includes(cause))
      this.#broken("story", [call], `was answered, and ended by ${cause}`);
    if (record !== null && record.result !== "answered" && cause === "normal")
      this.#broken("story", [call], "ended as one that was answered");
    if (record !== null && (record.result === "answered") !== told.answered)
      this.#broken("log", [call], `is ${record.result} in the log`);
    if (told.answered && !this.#measured && cause !== "internalError")
      this.#broken("log", [call], "has ended, and nobody asks how it was heard");
    if (told.written !== 1) this.#broken("log", [call], `has ended, and is ${told.written} times in the log`);
    const { caller } = told;
    if (caller !== null && isSip(caller) && this.#legs.isLive(caller))
      this.#broken("oneRelease", [caller.id, call], "calls still, and its call has ended");
  }
}

function numberOf(call: CallId): number {
  return Number(call.slice("call:".length)) || 0;
}
