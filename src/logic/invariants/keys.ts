import type { DectEvent } from "../../message/dect.ts";
import type { FxsEvent } from "../../message/fxs.ts";
import type { Endpoint } from "../../message/name.ts";
import type { SipEvent } from "../../message/sip.ts";
import type { VoiceEvent } from "../../message/voice.ts";
import type { Broken } from "./breach.ts";
import type { LegRules } from "./legs.ts";
import type { Moved } from "./moved.ts";
import type { PathRules } from "./paths.ts";
import { isSip, type Speaker } from "./speaker.ts";

/** Register recall in a keypad string. */
const recall = "\x15";

/** Whoever does something in a call gets what he asked for: keys reach the other side, R holds, silence ends it. */
export class KeyRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  readonly #paths: PathRules;
  /** Who pressed a key in this event, while he was joined to somebody. */
  #pressed: Speaker | null = null;
  #sent = false;
  #timed = false;
  #dials: Speaker | null = null;
  #recalled: Speaker | null = null;
  #silent: Speaker | null = null;
  #early: Speaker | null = null;

  constructor(broken: Broken, legs: LegRules, paths: PathRules) {
    this.#broken = broken;
    this.#legs = legs;
    this.#paths = paths;
  }

  dect(event: DectEvent): void {
    if (event.kind !== "keypad" && event.kind !== "setup") return;
    const leg = this.#legs.leg(event.call);
    if (leg === null || event.keypad === "") return;
    this.#dials = leg;
    if (!this.#isJoined(leg)) return;
    if (event.keypad === recall) this.#recalled = leg;
    else if (/^[0-9*#]+$/.test(event.keypad)) this.#pressed = leg;
  }

  fxs(event: FxsEvent): void {
    if (event.kind === "digit") this.#dials = this.#legs.phone(event.port);
  }

  /** Before the legs are told of it. */
  sip(event: SipEvent): void {
    if (event.kind === "progressed" && event.media.codecs.length > 0) {
      const leg = this.#legs.leg(event.leg);
      if (leg !== null && !leg.answered && !leg.calls) this.#early = leg;
    }
    if (event.kind !== "digit") return;
    const leg = this.#legs.leg(event.leg);
    if (leg !== null && this.#isJoined(leg)) this.#pressed = leg;
  }

  voice(event: VoiceEvent): void {
    if (event.kind !== "digit" && event.kind !== "rtpTimeout") return;
    const leg = this.#legs.owner(event.endpoint);
    if (leg === null || !this.#isJoined(leg) || !isSip(leg)) return;
    if (event.kind === "digit") this.#pressed = leg;
    else if (!leg.held) this.#silent = leg;
  }

  /** The number was one at which nobody is called. */
  served(): void {
    if (this.#dials !== null) this.#dials.dialled = null;
  }

  /** A timer was started. */
  timed(): void {
    this.#timed = true;
  }

  /** A key left. */
  sent(): void {
    this.#sent = true;
  }

  /** `isHeard`: a far end's sound is awaited there, and ours is wanted. */
  settle(moved: Moved, isHeard: (endpoint: Endpoint) => boolean): void {
    const pressed = this.#pressed;
    const recalled = this.#recalled;
    const silent = this.#silent;
    const early = this.#early;
    const sent = this.#sent;
    const dials = this.#dials;
    const timed = this.#timed;
    this.#sent = false;
    this.#timed = false;
    this.#dials = null;
    if (dials !== null && dials.dialled !== null && dials.dialled !== "" && dials.endpoint !== null && !timed)
      this.#broken("timer", [dials.id], "dials, and nothing ends it when no digit follows");
    if (
      dials !== null &&
      dials.dialled !== "" &&
      dials.endpoint !== null &&
      this.#paths.tone(dials.endpoint) === "dial"
    )
      this.#broken("tone", [dials.id], "dials, and hears the dial tone still");
    if (pressed !== null) {
      this.#pressed = null;
      if (!sent) this.#broken("key", [pressed.id], "pressed a key, and it did not reach the other side");
    }
    if (recalled !== null) {
      this.#recalled = null;
      if (moved.held === null && !moved.ended) this.#broken("key", [recalled.id], "pressed R, and holds nobody");
    }
    if (silent !== null) this.#fellSilent(silent, isHeard);
    if (early !== null) this.#sendsEarly(early);
  }

  #fellSilent(leg: Speaker, isHeard: (endpoint: Endpoint) => boolean): void {
    this.#silent = null;
    const { endpoint } = leg;
    if (endpoint !== null && isHeard(endpoint) && this.#legs.isLive(leg))
      this.#broken("key", [leg.id], "has fallen silent, and its call goes on");
  }

  /** A phone that calls hears what is sent to it before the answer. */
  #sendsEarly(leg: Speaker): void {
    this.#early = null;
    const caller = leg.caller;
    if (!this.#legs.isLive(leg) || caller === null || isSip(caller)) return;
    if (!this.#paths.isJoined(leg.endpoint))
      this.#broken("voicePath", [leg.id], "sends sound early, and nobody hears it");
  }

  /** To somebody else than himself, in a call that is up. */
  #isJoined(leg: Speaker): boolean {
    const peer = leg.endpoint === null ? null : this.#paths.peer(leg.endpoint);
    return leg.answered && peer !== null && peer !== leg.endpoint && this.#legs.owner(peer)?.answered === true;
  }
}
