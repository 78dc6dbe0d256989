import type { Cause } from "../../message/cause.ts";
import { isPluginFormat, type MediaDescription, type OfferedCodec } from "../../message/media.ts";
import type { Digit, LineName, RtpEndpoint } from "../../message/name.ts";
import type { SipEvent, SipLeg } from "../../message/sip.ts";
import type { Chance } from "../chance.ts";
import type { Outside, Talker, Untimed } from "./outside.ts";

type LegEvent = Extract<SipEvent, { readonly leg: SipLeg }>;
type Body<E> = E extends unknown ? Omit<E, "at" | "world" | "line" | "leg"> : never;
export type Said = Body<LegEvent>;

const digits = [..."0123456789*#"] as Digit[];
const ends: readonly Cause[] = ["normal", "normal", "normal", "timeout", "temporaryFailure"];

/** A dialog as the far end sees it: what it says, and the conversation in it. */
export class Dialog {
  readonly leg: SipLeg;
  readonly talker: Talker;
  endpoint: RtpEndpoint | null;
  up = false;
  acceptedAt = 0;
  /** Our next message has to bring an offer: the ACK answers it. */
  asks = false;
  readonly #outside: Outside;
  readonly #line: LineName;

  constructor(outside: Outside, line: LineName, leg: SipLeg, talker: Talker, endpoint: RtpEndpoint | null) {
    this.#outside = outside;
    this.#line = line;
    this.leg = leg;
    this.talker = talker;
    this.endpoint = endpoint;
  }

  /** On its way it may be overtaken by what is said after it, or come twice. */
  say(said: Said): void {
    const { chance } = this.talker;
    if (chance.percent(5)) return this.talker.later(1 + chance.below(chance.pick([40, 1500])), () => this.#post(said));
    this.#post(said);
    if (chance.percent(1)) this.talker.later(chance.below(30), () => this.#post(said));
  }

  /** 200: what is said in the dialog comes after it. */
  answers(): void {
    this.up = true;
    this.#post({ kind: "answered", media: this.media() });
    // Another branch of a fork answers, too.
    if (this.talker.chance.percent(3))
      this.talker.later(this.talker.chance.below(300), () => this.#post({ kind: "answered", media: this.media() }));
    this.talk();
  }

  last(said: Said): void {
    this.talker.done = true;
    this.#post(said);
    if (this.talker.chance.percent(3)) this.#outside.agenda.after(this.talker.chance.below(30), () => this.#post(said));
  }

  media(): MediaDescription {
    return mediaOf(this.talker.chance);
  }

  /** Keys and sound before the answer. */
  early(): void {
    if (this.talker.chance.percent(10)) this.talker.later(this.talker.chance.below(5000), () => this.#does());
  }

  /** 200 was sent: ACK comes, or never; what is said after it may come before. */
  accepted(): void {
    this.up = true;
    this.acceptedAt = this.#outside.agenda.now;
    const { talker } = this;
    const { chance } = talker;
    if (chance.percent(3)) return talker.later(32_000, () => this.last({ kind: "ended", cause: "timeout" }));
    if (chance.percent(1)) return talker.later(0, () => this.last({ kind: "ended", cause: "internalError" }));
    talker.later(chance.pick([2, 20, 300]), () => {
      this.#confirms();
      this.talk();
    });
  }

  /** Our 200 to its re-INVITE. */
  reofferAccepted(): void {
    if (this.asks) this.talker.later(this.talker.chance.pick([2, 20, 300]), () => this.#confirms());
  }

  #confirms(): void {
    const { asks } = this;
    this.asks = false;
    this.say({ kind: "confirmed", media: asks ? this.media() : null });
  }

  /** The conversation: keys, hold, silence; at last BYE. */
  talk(): void {
    const { talker } = this;
    const { chance } = talker;
    let at = 0;
    for (let things = chance.below(4); things > 0; things--) {
      at += chance.below(chance.pick([30, 8000, 8000]));
      talker.later(at, () => this.#does());
    }
    at += chance.pick([1, 3000, 60_000, 400_000]);
    talker.later(chance.below(at + 1), () => this.last({ kind: "ended", cause: chance.pick(ends) }));
  }

  /** Our re-INVITE. */
  reoffered(): void {
    const { talker } = this;
    const { chance } = talker;
    // Whoever is held presses keys, or holds, too.
    if (chance.percent(20)) talker.later(chance.below(3000), () => this.#does());
    if (chance.percent(10)) return;
    talker.later(chance.pick([5, 100, 2000]), () => {
      if (chance.percent(85)) this.say({ kind: "reanswered", media: this.media() });
      else this.say({ kind: "reofferRefused", status: chance.pick([488, 491, 500]) });
    });
  }

  #post(said: Said): void {
    this.#outside.post({ world: "sip", line: this.#line, leg: this.leg, ...said } as Untimed<SipEvent>); // a member of the union, completed
  }

  #does(): void {
    const { chance } = this.talker;
    const { endpoint } = this;
    const digit = chance.pick(digits);
    switch (chance.below(6)) {
      case 0:
        return this.say({ kind: "digit", digit, durationMs: 100 });
      case 1:
        if (endpoint === null) return;
        return this.#outside.post({ world: "voice", kind: "digit", endpoint, digit, durationMs: 100 });
      case 2:
        if (endpoint === null || !chance.percent(30)) return;
        return this.#outside.post({ world: "voice", kind: "rtpTimeout", endpoint, silentMs: 20_000 });
      case 3:
        if (this.up) this.asks = true;
        return this.say({ kind: "reoffered", media: null });
      default:
        return this.say({ kind: "reoffered", media: this.media() });
    }
  }
}

const known: readonly OfferedCodec[] = [
  { format: "PCMU", payloadType: 0 },
  { format: "PCMA", payloadType: 8 },
  { format: "G722", payloadType: 9 },
  { format: "G726-32", payloadType: 102 },
  { format: "codec:X-SIM/8000", payloadType: 111 },
];

export function mediaOf(chance: Chance): MediaDescription {
  const least = chance.below(known.length);
  const codecs = known.filter(({ format }, n) => n === least || chance.percent(isPluginFormat(format) ? 10 : 50));
  return {
    remote: { address: "127.0.0.2", port: 4000 + 2 * chance.below(100) },
    codecs: chance.percent(4) ? [] : codecs,
    eventPayloadType: chance.percent(70) ? 101 : null,
    direction: chance.percent(80) ? "sendrecv" : chance.pick(["sendonly", "recvonly", "inactive"] as const),
    ...(chance.percent(20) ? { comfortNoise: true } : {}),
    ...(chance.percent(10) ? { packetMs: chance.pick([10, 30, 60]) } : {}),
    ...(chance.percent(10) ? { mostPacketMs: chance.pick([20, 40]) } : {}),
  };
}
