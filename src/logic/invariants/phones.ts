import type { DectEvent } from "../../message/dect.ts";
import type { FxsEvent } from "../../message/fxs.ts";
import type { PartyName, PhoneName, PortName } from "../../message/name.ts";
import type { House } from "../../message/plan.ts";
import type { CallRecord } from "../../message/record.ts";
import type { Broken } from "./breach.ts";
import type { LegRules } from "./legs.ts";
import type { PathRules } from "./paths.ts";

type LineEvent = Extract<FxsEvent, { readonly kind: "lineFault" | "lineRestored" }>;

/** What is told of a phone is what it was told to do. */
export class PhoneRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  readonly #paths: PathRules;
  readonly #told = new Map<PartyName, string>();
  /** Of this event: the handset it came from, whether that is away now, who may dial now, and whether he has already. */
  #heard: PartyName | null = null;
  #away = false;
  #dials: PartyName | null = null;
  #enBloc = false;
  /** Lifted in this event; and whose line failed, or is restored. */
  #lifted: PortName | null = null;
  #line: LineEvent | null = null;
  readonly #numbers = new Map<string, readonly PhoneName[]>();

  constructor(broken: Broken, legs: LegRules, paths: PathRules) {
    this.#broken = broken;
    this.#legs = legs;
    this.#paths = paths;
  }

  told(phone: PhoneName, state: string): void {
    if (this.#told.get(phone) === state) this.#broken("phone", [phone], `is told to be ${state} again`);
    this.#told.set(phone, state);
    if (state === "dialling") this.#dials = phone;
  }

  /** A handset that said good-bye, or does not answer its page, is away until it is heard of again. */
  dect(event: DectEvent): void {
    if (!("handset" in event)) return;
    this.#heard = event.handset;
    this.#enBloc = event.kind === "setup" && event.keypad !== "";
    this.#away = event.kind === "pageFailed" || event.kind === "detachedHandset";
  }

  configured({ phones, groups }: House): void {
    this.#numbers.clear();
    for (const { phone, number } of phones) this.#numbers.set(number, [phone]);
    for (const { number, members } of groups) this.#numbers.set(number, members);
  }

  fxs(event: FxsEvent): void {
    if (event.kind === "attached") {
      for (const { port, offHook } of event.ports) if (offHook) this.#lifted = port;
    } else if (event.kind === "wentOffHook") this.#lifted = event.port;
    else if (event.kind === "lineFault" || event.kind === "lineRestored") this.#line = event;
  }

  /** A call that came to nothing in the event that it began in: nobody it was for could have been rung. */
  ended(record: CallRecord, now: number): void {
    const { startedAt, to, cause, fromParty } = record;
    if (startedAt !== now || (cause !== "busy" && cause !== "unreachable")) return;
    if (this.#legs.dialogs.isFull(fromParty)) return;
    for (const phone of this.#numbers.get(to.number ?? "") ?? [])
      if (phone !== fromParty && phone.startsWith("port:") && this.#told.get(phone) === "idle")
        this.#broken("phone", [phone, record.call], `is idle, and the call that is for it ended by ${cause}`);
  }

  settle(): void {
    const { touched } = this.#legs;
    if (touched.length > 0) {
      for (const phone of touched) this.#check(phone);
      touched.length = 0;
    }
    const heard = this.#heard;
    const dials = this.#dials;
    if (heard !== null) {
      this.#heard = null;
      const state = this.#told.get(heard);
      if (
        (state === "idle" || state === "absent") &&
        (state === "absent") !== this.#away &&
        this.#legs.bases.has(heard)
      )
        this.#broken("phone", [heard], `is told to be ${state}`);
    }
    const lifted = this.#lifted;
    const line = this.#line;
    if (lifted !== null || line !== null) this.#hook(lifted, line);
    const enBloc = this.#enBloc;
    this.#enBloc = false;
    this.#dials = null;
    if (dials === null || enBloc) return;
    const endpoint = this.#legs.phone(dials)?.endpoint ?? null;
    if (endpoint !== null && this.#paths.tone(endpoint) !== "dial")
      this.#broken("tone", [dials], "may dial, and hears no dial tone");
  }

  #hook(lifted: PartyName | null, line: LineEvent | null): void {
    this.#lifted = null;
    this.#line = null;
    const state = this.#told.get(lifted ?? line?.port ?? "line:");
    if (lifted !== null && (state === "idle" || state === "ringing"))
      this.#broken("phone", [lifted], `is lifted, and told to be ${state}`);
    if (line === null || state === undefined || state === "absent") return;
    if ((state === "fault") !== (line.kind === "lineFault"))
      this.#broken("phone", [line.port], `is told to be ${state} at ${line.kind}`);
  }

  restored(): void {
    this.#told.clear();
  }

  #check(phone: PartyName): void {
    const state = this.#told.get(phone);
    if (state === undefined) return;
    const speaker = this.#legs.phone(phone);
    const rings = speaker !== null && speaker.ring !== null && !speaker.answered;
    if (rings !== (state === "ringing"))
      return this.#broken("phone", [phone], `${rings ? "rings" : "does not ring"}, and is told to be ${state}`);
    if (!phone.startsWith("handset:")) return;
    const talks = speaker?.answered === true;
    if (talks !== (state === "inCall"))
      this.#broken("phone", [phone], `${talks ? "talks" : "does not talk"}, and is told to be ${state}`);
  }
}
