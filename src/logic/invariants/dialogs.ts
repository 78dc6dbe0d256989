import type { DectCommand } from "../../message/dect.ts";
import type { MediaDescription } from "../../message/media.ts";
import type { House } from "../../message/plan.ts";
import type { SipCommand } from "../../message/sip.ts";
import type { Broken } from "./breach.ts";
import { isSip, type Speaker } from "./speaker.ts";

interface LineCount {
  calls: number;
  readonly most: number;
}

/** What a caller is told, in its order. */
export const steps = { trying: 1, ring: 2, progress: 3, accept: 4 } as const;
const ccSteps = { setupAck: 1, proceeding: 2, alerting: 3, connect: 4 } as const;

/**
 * What is said in a dialog makes sense where it is said: a caller is told each step once and in its order (early media, which
 * forks send again, as often as it comes), a dialog is changed after its answer only, and who asks is answered. There are no
 * more of them than lines and RTP streams can carry.
 */
export class DialogRules {
  readonly #broken: Broken;
  readonly #lines = new Map<string, LineCount>();
  #emergency: ReadonlySet<string> = new Set();
  #streams = Number.POSITIVE_INFINITY;
  #live = 0;
  #emergencies = 0;
  #grown = false;
  /** Whose INVITE came in this event; whose new offer. */
  #invited: Speaker | null = null;
  #reoffered: Speaker | null = null;
  /** It has nothing in common with us. */
  #nothing = false;
  /** Of ours, in this event. */
  #invites = 0;

  constructor(broken: Broken) {
    this.#broken = broken;
  }

  /** SIP dialogs alive. */
  get live(): number {
    return this.#live;
  }

  /** The caller whose INVITE is the event in hand. */
  get asking(): Speaker | null {
    return this.#invited;
  }

  /** A line that carries all that it may. */
  isFull(line: string): boolean {
    const known = this.#lines.get(line);
    return known !== undefined && known.calls >= known.most;
  }

  /** Whether an emergency call has a way out: a line, be it full, and a stream that no other emergency has. */
  get room(): boolean {
    return this.#emergencies < this.#streams && this.#lines.size > 0;
  }

  configured(house: House): void {
    this.#lines.clear();
    for (const { line, maxCalls } of house.lines) this.#lines.set(line, { calls: 0, most: maxCalls });
    this.#emergency = new Set(house.emergency);
    this.#streams = 0;
  }

  /** The voice worker runs, with so many streams. */
  streams(count: number): void {
    this.#streams = count;
  }

  begins({ party }: Speaker): void {
    this.#live += 1;
    this.#grown = true;
    const line = this.#lines.get(party);
    if (line !== undefined) line.calls += 1;
  }

  ends({ party, emergency }: Speaker): void {
    this.#live -= 1;
    if (emergency) this.#emergencies -= 1;
    const line = this.#lines.get(party);
    if (line !== undefined) line.calls -= 1;
  }

  invited(leg: Speaker | null): void {
    this.#invited = leg;
  }

  reoffered(leg: Speaker | null, media: MediaDescription | null): void {
    if (leg?.answered !== true) return;
    this.#reoffered = leg;
    this.#nothing = media?.codecs.length === 0;
  }

  sip(leg: Speaker, command: Exclude<SipCommand, { kind: "release" }>): void {
    switch (command.kind) {
      case "trying":
      case "ring":
      case "accept":
        return this.#step(leg, command.kind, steps[command.kind], true);
      case "progress":
        leg.early = true;
        return this.#step(leg, command.kind, steps.progress, false);
      case "invite":
        if (this.#invites > 0) this.#broken("order", [leg.id], "is the second INVITE for one call");
        this.#invites += 1;
        leg.emergency = this.#emergency.has(command.to);
        if (leg.emergency) this.#emergencies += 1;
        else this.#fits(leg.party);
        return;
      case "reoffer":
        leg.held = command.media.direction === "sendonly" || command.media.direction === "inactive";
        return this.#within(leg, command.kind);
      case "acceptReoffer":
      case "refuseReoffer":
        if (this.#reoffered !== leg) this.#broken("order", [leg.id], `${command.kind}, and nothing was offered`);
        else if (this.#nothing !== (command.kind === "refuseReoffer"))
          this.#broken(
            "order",
            [leg.id],
            `${command.kind} to an offer with ${this.#nothing ? "no" : "a"} codec in common`,
          );
        this.#reoffered = null;
        return;
      case "sendDigit":
        return this.#within(leg, command.kind);
    }
  }

  dect(leg: Speaker, kind: Exclude<DectCommand["kind"], "setup" | "display" | "signal" | "release">): void {
    if (kind !== "connectAck") return this.#step(leg, kind, ccSteps[kind], true);
    if (leg.calls) this.#broken("order", [leg.id], "calls, and was told that it answered");
    else if (!leg.connects) this.#broken("order", [leg.id], "was told that it answered, and did not");
    if (leg.answered) this.#broken("oneAnswer", [leg.id], "was answered twice");
    leg.answered = true;
  }

  settle(legs: { isLive(speaker: Speaker): boolean }): void {
    const invited = this.#invited;
    const reoffered = this.#reoffered;
    if (this.#grown && this.#live > this.#streams)
      this.#broken("limit", [], `${this.#live} dialogs, ${this.#streams} RTP streams: somebody can not be heard`);
    this.#grown = false;
    this.#invites = 0;
    if (invited !== null) {
      this.#invited = null;
      if (invited.told === 0 && legs.isLive(invited)) this.#broken("order", [invited.id], "calls, and is told nothing");
    }
    if (reoffered === null) return;
    this.#reoffered = null;
    if (legs.isLive(reoffered)) this.#broken("order", [reoffered.id], "offered anew, and got no answer");
  }

  forget(): void {
    this.#live = 0;
    this.#emergencies = 0;
    for (const line of this.#lines.values()) line.calls = 0;
  }

  #step(leg: Speaker, kind: string, step: number, once: boolean): void {
    if (!leg.calls) this.#broken("order", [leg.id], `is called, and was told ${kind}`);
    if (leg.told > step || (once && leg.told === step))
      this.#broken(step === steps.accept ? "oneAnswer" : "order", [leg.id], `was told ${kind} again, or too late`);
    if (leg.told === 0 && isSip(leg)) this.#fits(leg.party);
    leg.told = step;
    if (step === steps.accept) leg.answered = true;
  }

  #within(leg: Speaker, kind: string): void {
    if (!leg.answered) this.#broken("order", [leg.id], `${kind} before the answer`);
  }

  #fits(party: string): void {
    const line = this.#lines.get(party);
    if (line !== undefined && line.calls > line.most)
      this.#broken("limit", [party], `carries ${line.calls} calls, and may ${line.most}`);
  }
}
