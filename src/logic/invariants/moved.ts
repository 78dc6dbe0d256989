import type { PartyName } from "../../message/name.ts";
import type { Fact } from "../../message/notify.ts";

/** What the event in hand told of calls. */
export class Moved {
  /** A call was held, taken back or ended. */
  told = false;
  ended = false;
  /** The phone that holds the other side now; the phone that took it back. */
  held: PartyName | null = null;
  back: PartyName | null = null;
  /** A far end holds the call, or takes it back. */
  line = false;
  /** Where a fax was heard: its call is one between machines now. */
  fax: PartyName | null = null;
  /** The handler threw. */
  fault = false;

  note(fact: Fact): void {
    switch (fact.kind) {
      case "callEnded":
        this.ended = true;
        this.told = true;
        return;
      case "callResumed":
      case "callHeld":
        this.told = true;
        if (fact.party.startsWith("line:")) this.line = true;
        else if (fact.kind === "callHeld") this.held = fact.party;
        else this.back = fact.party;
        return;
      case "callCarriesFax":
        this.fax = fact.party;
        return;
      case "fault":
        this.fault = true;
        return;
      default:
        return;
    }
  }

  forget(): void {
    this.told = false;
    this.ended = false;
    this.held = null;
    this.back = null;
    this.line = false;
    this.fax = null;
    this.fault = false;
  }
}
