import type { DectEvent } from "../../message/dect.ts";
import type { FxsEvent } from "../../message/fxs.ts";
import type { LocalMedia, MediaDescription, VoiceFormat } from "../../message/media.ts";
import { type Endpoint, type PartyName, usbEndpoint } from "../../message/name.ts";
import type { House } from "../../message/plan.ts";
import type { SipCommand, SipEvent } from "../../message/sip.ts";
import type { VoiceCommand } from "../../message/voice.ts";
import { Agreed, receives, sends } from "./agreed.ts";
import type { Broken } from "./breach.ts";
import type { LegRules } from "./legs.ts";
import type { Moved } from "./moved.ts";
import type { PathRules } from "./paths.ts";
import type { Speaker } from "./speaker.ts";

type OpenRtp = Extract<VoiceCommand, { kind: "openRtp" }>;
type OpenUsb = Extract<VoiceCommand, { kind: "openUsb" }>;

/** Static payload types (RFC 3551). */
const types: Partial<Record<string, number>> = { PCMU: 0, PCMA: 8, G722: 9 };

/** Sound flows as it was agreed: to where they said, in what they named, in the directions they want, and untouched if it can. */
export class MediaRules {
  readonly #broken: Broken;
  readonly #legs: LegRules;
  readonly #paths: PathRules;
  readonly #streams = new Map<Endpoint, OpenRtp>();
  readonly #channels = new Map<Endpoint, OpenUsb>();
  readonly #formats = new Map<Endpoint, readonly VoiceFormat[]>();
  readonly #handsets = new Map<PartyName, readonly VoiceFormat[]>();
  readonly #faxes = new Set<PartyName>();
  /** Whose media changed in this event. */
  readonly #touched: Speaker[] = [];
  /** To whom we made a new offer in this event. */
  readonly #offers: Speaker[] = [];
  /** Who answered in this event that it speaks nothing of ours. */
  #strange: Speaker | null = null;
  /** Where a fax was heard in this event. */
  #toned: PartyName | null = null;
  /** Whose new offer in this event holds us, or takes us back. */
  #holding: Speaker | null = null;

  constructor(broken: Broken, legs: LegRules, paths: PathRules) {
    this.#broken = broken;
    this.#legs = legs;
    this.#paths = paths;
  }

  configured({ phones }: House): void {
    this.#faxes.clear();
    for (const { phone, fax } of phones) if (fax === true) this.#faxes.add(phone);
  }

  attached(event: Extract<DectEvent | FxsEvent, { kind: "attached" }>): void {
    if (event.world === "dect") for (const { handset, formats } of event.handsets) this.#handsets.set(handset, formats);
    else for (const channel of event.ports.keys()) this.#formats.set(usbEndpoint(event.dongle, channel), event.formats);
  }

  event(event: SipEvent): void {
    if (!("media" in event)) return;
    const leg = this.#legs.leg(event.leg);
    if (leg === null) return;
    const agreed = agreedOf(leg);
    if (event.kind === "reoffered" && leg.answered) agreed.asked = event.media === null;
    if (event.media === null) return;
    if (event.kind === "invited" || event.kind === "reoffered") return this.#offered(leg, event.media, event.kind);
    // After the answer that is nothing any more.
    if ((event.kind === "progressed" || event.kind === "answered") && (leg.calls || leg.answered)) return;
    if (event.media.codecs.length === 0) {
      if (event.kind !== "progressed" && agreed.their === null) this.#strange = leg;
      return;
    }
    agreed.theirAnswer(event.media);
    this.#touched.push(leg);
  }

  sip(command: SipCommand): void {
    if (!("media" in command)) return;
    const leg = this.#legs.leg(command.leg);
    if (leg === null) return;
    const { media } = command;
    for (const { format, payloadType } of media.codecs)
      if ((types[format] ?? payloadType) !== payloadType)
        this.#broken("media", [leg.id], `${format} is offered as payload type ${payloadType}`);
    const agreed = agreedOf(leg);
    const offers = command.kind === "invite" || command.kind === "reoffer" || agreed.their === null || agreed.asked;
    if (command.kind === "reoffer") this.#offers.push(leg);
    agreed.asked = false;
    if (!offers) return this.#stated(leg, media);
    agreed.ourOffer(media.direction);
  }

  voice(command: VoiceCommand): void {
    if (command.kind === "openRtp") {
      this.#streams.set(command.endpoint, command);
      this.#touch(command.endpoint);
    } else if (command.kind === "openUsb") {
      this.#channels.set(command.endpoint, command);
      this.#touch(command.endpoint);
    } else if (command.kind === "close") {
      this.#streams.delete(command.endpoint);
      this.#channels.delete(command.endpoint);
    } else if (command.kind === "join") this.#touch(command.a);
  }

  /** Both hear each other there, as things stand. */
  flows(endpoint: Endpoint): boolean {
    return this.#streams.get(endpoint)?.direction === "sendrecv";
  }

  /** A fax machine is heard on a channel: a call that is not one between machines yet becomes one. */
  fax(endpoint: Endpoint): void {
    const owner = this.#legs.owner(endpoint);
    const peer = this.#paths.peer(endpoint);
    if (owner === null || peer === null || !this.#faxes.has(owner.party)) return;
    if (this.#channels.get(endpoint)?.voiceBandData !== true) this.#toned = owner.party;
  }

  /** The event is over. */
  settle(moved: Moved): void {
    const holding = this.#holding;
    this.#holding = null;
    if (holding !== null && !moved.line && this.#legs.isLive(holding))
      this.#broken("hold", [holding.id], "holds, or takes the call back, and it is not told");
    const strange = this.#strange;
    this.#strange = null;
    if (strange !== null && this.#legs.isLive(strange))
      this.#broken("media", [strange.id], "has nothing in common with us, and its call goes on");
    for (const leg of this.#touched) this.#check(leg);
    if (this.#touched.length > 0) this.#touched.length = 0;
    if (this.#toned !== null && moved.fax === null)
      this.#broken("media", [this.#toned], "is a fax, and that is not told");
    this.#toned = null;
    if (moved.fax !== null) this.#carried(moved.fax);
    for (const leg of this.#offers) this.#needed(leg, moved);
    if (this.#offers.length > 0) this.#offers.length = 0;
  }

  forget(): void {
    this.#streams.clear();
    this.#channels.clear();
  }

  #offered(leg: Speaker, media: MediaDescription, kind: "invited" | "reoffered"): void {
    if ((kind === "reoffered" && !leg.answered) || media.codecs.length === 0) return;
    const agreed = agreedOf(leg);
    const before = agreed.theyReceive;
    agreed.theirOffer(media);
    if (kind === "reoffered" && before !== agreed.theyReceive) this.#holding = leg;
    this.#touched.push(leg);
  }

  #touch(endpoint: Endpoint): void {
    const owner = this.#legs.owner(endpoint);
    if (owner !== null && !this.#touched.includes(owner)) this.#touched.push(owner);
  }

  /** A new offer is for a hold, its end, or a fax. */
  #needed(leg: Speaker, { held, back, fax }: Moved): void {
    const machine = leg.endpoint !== null && this.#streams.get(leg.endpoint)?.voiceBandData === true;
    if (held === null && back === null && fax === null && !machine)
      this.#broken("order", [leg.id], "is offered anew, and nothing has changed");
  }

  /** Both ends of the call of a fax leave its sound alone, and the far end is asked for G.711. */
  #carried(party: PartyName): void {
    const here = this.#legs.phone(party)?.endpoint ?? null;
    const there = here === null ? null : this.#paths.peer(here);
    if (here === null || there === null) return;
    const [channel, stream, far] = [this.#channels.get(here), this.#streams.get(there), this.#legs.owner(there)];
    if (this.#faxes.has(party) && channel?.voiceBandData !== true)
      this.#broken("media", [party, here], "a fax speaks, and its sound is not left alone");
    if (stream === undefined || far === null) return;
    if (stream.voiceBandData !== true)
      this.#broken("media", [party, there], "a fax speaks, and its stream is one of a voice");
    if (far.answered && stream.remote !== null && !stream.format.startsWith("PCM") && !this.#offers.includes(far))
      this.#broken("media", [party, far.id], `a fax speaks ${stream.format}`);
  }

  /** What is said of our side is how it is open. */
  #stated(leg: Speaker, { endpoint, codecs }: LocalMedia): void {
    const open = this.#streams.get(endpoint);
    if (open !== undefined && codecs[0]?.format !== open.format)
      this.#broken("media", [leg.id, endpoint], `${codecs[0]?.format} is stated, and ${open.format} is spoken`);
  }

  #check(leg: Speaker): void {
    const { endpoint } = leg;
    if (endpoint === null || (!this.#legs.isLive(leg) && !leg.id.startsWith("port:"))) return;
    const stream = this.#streams.get(endpoint);
    if (stream !== undefined) this.#asAgreed(leg, stream);
    const peer = this.#paths.peer(endpoint);
    if (peer === null || peer === endpoint) return;
    if (stream !== undefined) this.#untouched(peer, stream);
    else {
      const other = this.#streams.get(peer);
      if (other !== undefined) this.#untouched(endpoint, other);
    }
  }

  #asAgreed(leg: Speaker, stream: OpenRtp): void {
    const { their, theyReceive, theySend } = agreedOf(leg);
    if (their === null) return;
    const { remote, format, payloadType, eventPayloadType, direction, endpoint } = stream;
    const who = [leg.id, endpoint];
    if (remote?.address !== their.remote.address || remote.port !== their.remote.port)
      this.#broken("media", who, "goes elsewhere than they said");
    if (
      their.codecs.length > 0 &&
      !their.codecs.some((codec) => codec.format === format && codec.payloadType === payloadType)
    )
      this.#broken("media", who, `${format} is spoken, and they did not name it`);
    if (eventPayloadType !== null && eventPayloadType !== their.eventPayloadType)
      this.#broken("media", who, "keys go as they do not want");
    if (stream.comfortNoise === true && (their.comfortNoise !== true || !format.startsWith("PCM")))
      this.#broken("media", who, "comfort noise, and they did not ask for it");
    if (sends(direction) !== theyReceive)
      this.#broken("media", who, `is ${direction}, and they ${theyReceive ? "listen" : "do not listen"}`);
    if (receives(direction) !== (theySend && !leg.held))
      this.#broken("media", who, `is ${direction}, and that is not what was agreed`);
  }

  /** Frames are not converted when the device can speak what the stream does; keys are not sent twice. */
  #untouched(usb: Endpoint, { format, eventPayloadType, remote }: OpenRtp): void {
    const channel = this.#channels.get(usb);
    const owner = this.#legs.owner(usb);
    if (channel === undefined || owner === null || remote === null) return;
    const own = this.#formats.get(usb) ?? this.#handsets.get(owner.party) ?? [];
    const best = own.find((it) => it === format) ?? own.find((it) => it === "L16") ?? channel.format;
    const who = [owner.id, usb];
    if (channel.format !== best) this.#broken("media", who, `is in ${channel.format}, and could be in ${best}`);
    if (!owner.id.startsWith("port:") || channel.voiceBandData === true) return;
    const events = eventPayloadType !== null;
    if ((channel.muteKeys === true) !== events)
      this.#broken("media", who, `its keys are ${events ? "events, and heard too" : "muted"}`);
    if ((channel.faxSearch === true) !== this.#faxes.has(owner.party))
      this.#broken("media", who, "fax machines are searched for otherwise than planned");
  }
}

function agreedOf(leg: Speaker): Agreed {
  leg.agreed ??= new Agreed();
  return leg.agreed;
}
