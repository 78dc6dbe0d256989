import type { Cause } from "../../message/cause.ts";
import type { ToneName } from "../../message/country.ts";
import type { CallId, Digit, Identity, PartyName } from "../../message/name.ts";
import type { Target } from "../../message/plan.ts";
import type { CallRecord } from "../../message/record.ts";
import { ms } from "../../message/units.ts";
import type { CallView } from "../../message/view.ts";
import type { FaxTone } from "../../message/voice.ts";
import type { Leg, LegOwner, Party } from "../../proxy/party.ts";
import type { Desk } from "../desk.ts";
import type { Stop } from "../timers.ts";
import { mergeCauses } from "./outcome.ts";
import { CallPath } from "./path.ts";
import { Ringing } from "./ringing.ts";
import { CallStory } from "./story.ts";

/** What a call needs of the exchange. */
export interface CallHost {
  /** This event touches the call: the guard releases it should the handler throw. */
  touch(call: Call): void;
  /** The parties a target means, in order of trial; `together` = all ring at once, else one after the other. */
  resolve(target: Target, caller: Party): { parties: readonly Party[]; together: boolean };
  named(identity: Identity): Identity;
  /** Collects digits for the caller; gives back how to feed and stop it. */
  dialling(call: Call): { digit(digit: Digit): void; close(): void; readonly dialled: string };
  record(entry: Omit<CallRecord, "id">): CallRecord;
  over(call: Call): void;
  /** The last call in the log in which a party spoke, or which it made; null without one. */
  lastOf(party: PartyName): CallId | null;
}

/** A capsule is saved within a second or two, or something is wrong. */
const SAVING_MS = ms(20_000);

type State = "dialling" | "ringing" | "answered" | "over";

/**
 * The mediator that joins parties and passes events between them. It knows only the Party contract.
 *
 * ```text
 *   dialling ──route──▶ ringing ──answered──▶ answered ──ended──▶ over
 *       └────failed────────┴── none left / no answer / caller gone ──▶ over
 * ```
 */
export class Call implements LegOwner {
  readonly call: CallId;
  readonly caller: Leg;
  readonly #desk: Desk;
  readonly #host: CallHost;
  readonly #story: CallStory;
  readonly #path: CallPath;
  #state: State = "dialling";
  #collecting: ReturnType<CallHost["dialling"]> | null = null;
  #ringing: Ringing | null = null;
  #answered: Leg | null = null;
  #alerted = false;
  #stopNoAnswer: Stop | null = null;
  #holder: Leg | null = null;
  #active = false;
  #emergency = false;

  constructor(desk: Desk, host: CallHost, caller: Leg, from: Identity) {
    this.#desk = desk;
    this.#host = host;
    this.call = desk.nextCall();
    this.caller = caller;
    this.#path = new CallPath(desk);
    this.#story = new CallStory(desk, this.call, host.named(from), caller.party.name);
  }

  /** The caller lifted a phone: digits follow. */
  collect(): void {
    this.#collecting = this.#host.dialling(this);
  }

  /** Rings whoever the number means. */
  route(target: Target): void {
    this.#inside(() => {
      if (target.kind === "service" && target.service === "capsule") return this.#saveLast();
      this.#announce(target.number, target.kind === "line");
      if (target.kind === "service") return this.#serve();
      this.#state = "ringing";
      this.#emergency = target.kind === "line" && target.emergency;
      const { parties, together } = this.#host.resolve(target, this.caller.party);
      const ringing = new Ringing(this.#desk, this, {
        caller: this.#story.from,
        number: target.number,
        internal: !this.#story.incoming,
        formats: this.caller.formats(),
      });
      this.#ringing = ringing;
      ringing.start(parties, together, this.#emergency);
      if (ringing.empty) return this.#finish(ringing.cause);
      this.#stopNoAnswer = this.#desk.timers.start("noAnswer", this.call, ms(this.#desk.house.timing.noAnswerMs), () =>
        this.#inside(() => this.#finish("noAnswer")),
      );
      this.caller.proceed();
    }, true);
  }

  /** The number is none, or may not be called. */
  fail(cause: Cause, dialled: string): void {
    this.#inside(() => {
      if (dialled !== "") this.#announce(dialled, true);
      this.#finish(cause);
    }, true);
  }

  /** Another call needs what it has more than it does itself. */
  giveWay(): void {
    this.#inside(() => this.#finish("noResources"));
  }

  /** It goes out by a line, or came in by one, and no life depends on it. */
  get canGiveWay(): boolean {
    return !this.#emergency && this.#legs().some((leg) => leg.party.name.startsWith("line:"));
  }

  get isAnswered(): boolean {
    return this.#state === "answered";
  }

  hangUp(): void {
    this.#inside(() => this.#finish(this.#state === "answered" ? "normal" : "cancelled"));
  }

  /** For the guard, after a handler threw: everything goes, whatever state it is in. */
  abandon(): void {
    // The caller last: nobody is to be heard beside his tone.
    const legs = this.#legs().reverse();
    this.#state = "over";
    this.#stopNoAnswer?.();
    this.#collecting?.close();
    for (const leg of legs) {
      try {
        leg.release("internalError");
      } catch {
        // What broke one leg must not keep the others from their release.
      }
    }
    this.#close("internalError");
  }

  alerted(leg: Leg): void {
    this.#inside(() => {
      if (this.#state !== "ringing") return;
      this.#desk.tell({ kind: "callRinging", call: this.call, party: leg.party.name });
      if (this.#alerted) return;
      this.#alerted = true;
      this.caller.alert();
    });
  }

  progressed(leg: Leg): void {
    this.#inside(() => {
      if (this.#state !== "ringing" || this.#ringing?.only !== leg) return;
      this.caller.progress(leg);
      this.#path.join(this.caller, leg);
    });
  }

  answered(leg: Leg): void {
    this.#inside(() => {
      if (this.#state !== "ringing" || this.#ringing === null) return;
      this.#ringing.releaseOthers(leg);
      this.#ringing = null;
      this.#answered = leg;
      this.caller.accept(leg);
      if (!this.#path.join(this.caller, leg)) return this.#finish("noResources");
      this.#begin(leg.party.name);
    });
  }

  digit(leg: Leg, digit: Digit, heard: boolean): void {
    this.#inside(() => {
      if (this.#state === "dialling") return this.#collecting?.digit(digit);
      // What a machine says may sound like keys.
      if (heard && this.#path.carriesFax) return;
      if (this.#state === "answered") this.#other(leg)?.sendDigit(digit, heard);
    });
  }

  flashed(leg: Leg): void {
    this.#inside(() => {
      const other = this.#other(leg);
      if (this.#state !== "answered" || other === null) return;
      if (this.#holder === leg) this.#endHold(leg, other);
      else if (this.#holder === null) this.#beginHold(leg, other);
    });
  }

  held(leg: Leg): void {
    this.#inside(() => {
      if (this.#state === "answered") this.#desk.tell({ kind: "callHeld", call: this.call, party: leg.party.name });
    });
  }

  resumed(leg: Leg): void {
    this.#inside(() => {
      if (this.#state === "answered") this.#desk.tell({ kind: "callResumed", call: this.call, party: leg.party.name });
    });
  }

  heardFax(leg: Leg, tone: FaxTone): void {
    this.#inside(() => {
      if (!this.#path.carryFax()) return;
      this.#desk.tell({ kind: "callCarriesFax", call: this.call, party: leg.party.name, tone });
    });
  }

  reformatted(leg: Leg): void {
    this.#inside(() => this.#path.refit(leg));
  }

  ended(leg: Leg, cause: Cause): void {
    this.#inside(() => {
      if (this.#state === "over") return;
      if (leg === this.caller) return this.#finish(this.#state === "answered" ? cause : callerGone(cause));
      if (leg === this.#answered) return this.#finish(cause);
      // Whoever rings in its place is told to the caller anew: he may have heard the first one instead of a tone.
      if (this.#ringing?.lose(leg, cause)) this.#alerted = false;
      if (this.#ringing?.empty) this.#finish(this.#ringing.cause);
    });
  }

  /** What it waits for is saved, or can not be: its person is told by a tone. */
  capsuleSaved(good: boolean): void {
    this.#inside(() => (good ? this.#finish("normal", "confirm") : this.#finish("temporaryFailure")));
  }

  involves(leg: Leg): boolean {
    return this.#legs().includes(leg);
  }

  view(): CallView {
    return {
      call: this.call,
      state: this.#state === "over" ? "clearing" : this.#state,
      from: this.#story.from,
      to: this.#story.to,
      parties: this.#legs().map((leg) => ({
        party: leg.party.name,
        state: leg.show(),
        endpoint: this.#path.endpointOf(leg),
      })),
      startedAt: this.#story.startedAt,
      answeredAt: this.#story.answeredAt,
    };
  }

  #legs(): Leg[] {
    return [this.caller, ...(this.#answered === null ? [] : [this.#answered]), ...(this.#ringing?.legs ?? [])];
  }

  #other(leg: Leg): Leg | null {
    return leg === this.caller ? this.#answered : this.caller;
  }

  #announce(number: string, outgoing: boolean): void {
    this.#story.begins(this.#host.named({ number, name: null }), outgoing);
  }

  #begin(by: PartyName): void {
    this.#stopNoAnswer?.();
    this.#state = "answered";
    this.#story.answered(by);
  }

  /** The echo service: the caller hears himself. */
  #serve(): void {
    if (!this.#path.joinItself(this.caller)) return this.#finish("noResources");
    this.#begin("service:echo");
  }

  /** The person had a bad call, and wants it kept. Not a call for the log: nobody is called. */
  #saveLast(): void {
    const call = this.#story.incoming ? null : this.#host.lastOf(this.caller.party.name);
    if (call === null) return this.#finish("notFound");
    this.#state = "ringing";
    this.caller.proceed();
    this.#desk.send({ world: "store", kind: "saveCapsule", call, asked: this.call });
    this.#stopNoAnswer = this.#desk.timers.start("capsule", this.call, SAVING_MS, () =>
      this.#inside(() => this.#finish("temporaryFailure")),
    );
  }

  #beginHold(leg: Leg, other: Leg): void {
    this.#holder = leg;
    const endpoint = leg.voice(other);
    if (endpoint !== null) this.#desk.voice.part(endpoint);
    other.hold();
    this.#desk.tell({ kind: "callHeld", call: this.call, party: leg.party.name });
  }

  #endHold(leg: Leg, other: Leg): void {
    this.#holder = null;
    other.resume();
    if (this.#answered !== null) this.#path.join(this.caller, this.#answered);
    this.#desk.tell({ kind: "callResumed", call: this.call, party: leg.party.name });
  }

  /** Releases every leg, once; writes the record. */
  #finish(cause: Cause, tone?: ToneName): void {
    if (this.#state === "over") return;
    const ringing = this.#ringing;
    const answered = this.#answered;
    if (this.#state === "answered") this.#path.measure(this.call);
    this.#state = "over";
    this.#stopNoAnswer?.();
    this.#collecting?.close();
    ringing?.releaseAll(cause === "noAnswer" ? "noAnswer" : "cancelled");
    answered?.release(cause);
    this.caller.release(cause, tone);
    this.#close(cause);
  }

  #close(cause: Cause): void {
    this.#host.over(this);
    if (!this.#story.announced) return;
    const record = this.#host.record(this.#story.ends(cause));
    this.#desk.tell({ kind: "callEnded", call: this.call, cause, record });
  }

  /**
   * Every way in. A party that calls back from inside a method this call called is a bug (DESIGN rule 4); the one
   * listed exception is `Dialling`, whose digit may route or fail the call on the same stack (`own`).
   */
  #inside(run: () => void, own = false): void {
    if (this.#active) {
      if (!own) throw new Error(`${this.call} was re-entered`);
      return run();
    }
    this.#host.touch(this);
    this.#active = true;
    try {
      run();
    } finally {
      this.#active = false;
    }
  }
}

/** A caller who hangs up before the answer cancels; one whose device is lost did not mean to. */
function callerGone(cause: Cause): Cause {
  return mergeCauses(["cancelled", cause === "normal" ? "cancelled" : cause]);
}
