import type { Cause } from "../../message/cause.ts";
import type { MediaDescription, OfferedCodec } from "../../message/media.ts";
import type { Digit, LineName, RtpEndpoint } from "../../message/name.ts";
import type { SipCommand, SipEvent, SipLeg } from "../../message/sip.ts";
import { Chance, mix } from "../chance.ts";
import { type Outside, Talker, type Untimed } from "./outside.ts";

type LegEvent = Extract<SipEvent, { readonly leg: SipLeg }>;
type Said<E> = E extends unknown ? Omit<E, "at" | "world" | "line" | "leg"> : never;

/** A dialog as the far end sees it. */
interface Dialog {
  readonly leg: SipLeg;
  readonly line: LineName;
  readonly talker: Talker;
  endpoint: RtpEndpoint | null;
  up: boolean;
  acceptedAt: number;
}

/** A CANCEL may be on its way in the queue for so long when 200 is sent, ms. */
const crossing = 20;

const digits = [..."0123456789*#"] as Digit[];
const refusals = [403, 404, 408, 480, 486, 488, 500, 503, 603];
const ends: readonly Cause[] = ["normal", "normal", "normal", "timeout", "temporaryFailure"];

/** Registrars, and the far ends of calls: slow, rude, forked, gone. What reaches the house is what its SIP side would post. */
export class FarEnds {
  readonly #outside: Outside;
  readonly #dialogs = new Map<SipLeg, Dialog>();
  #invites = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** INVITEs received so far. */
  get invites(): number {
    return this.#invites;
  }

  registrar(trait: number): void {
    const chance = new Chance(trait);
    const lines = this.#outside.house.plan.lines.filter((line) => line.registers);
    if (lines.length === 0) return;
    const { line } = chance.pick(lines);
    const server = chance.pick(["a.example", "b.example"]);
    const kind = chance.pick(["registered", "registered", "registrationFailed", "unregistered"] as const);
    const reason = { status: 503, reason: "Service Unavailable" };
    if (kind === "registered") this.#outside.post({ world: "sip", line, kind, server, expiresSeconds: 600 });
    else if (kind === "unregistered") this.#outside.post({ world: "sip", line, kind });
    else this.#outside.post({ world: "sip", line, kind, server, ...reason });
    if (chance.percent(20)) this.#outside.agenda.after(chance.below(3000), () => this.registrar(mix(trait, 5, 0)));
  }

  invite(trait: number): void {
    this.#invites += 1;
    const { house } = this.#outside;
    const leg: SipLeg = `sip:in-${this.#invites}`;
    const talker = new Talker(this.#outside.agenda, trait);
    const { chance } = talker;
    const { line } = chance.pick(house.plan.lines);
    const dialog: Dialog = { leg, line, talker, endpoint: null, up: false, acceptedAt: 0 };
    this.#dialogs.set(leg, dialog);
    const from = { number: chance.percent(90) ? chance.pick(["700", "0301", "100"]) : null, name: null };
    const media = chance.percent(80) ? mediaOf(chance) : null;
    this.#outside.post({
      world: "sip",
      line,
      kind: "invited",
      leg,
      from,
      dialled: chance.pick(house.called),
      callId: leg,
      media,
    });
    talker.later(patience(chance), () => {
      if (!dialog.up || this.#outside.agenda.now - dialog.acceptedAt <= crossing)
        this.#last(dialog, { kind: "cancelled" });
    });
  }

  perform(command: SipCommand): void {
    if (command.kind === "invite") return this.#called(command);
    const dialog = this.#dialogs.get(command.leg);
    if (dialog === undefined) return;
    if ("media" in command) dialog.endpoint = command.media.endpoint;
    switch (command.kind) {
      case "accept":
        return this.#accepted(dialog);
      case "reoffer":
        return this.#reoffered(dialog);
      case "release":
        this.#dialogs.delete(command.leg);
        return dialog.talker.release();
      default:
        return;
    }
  }

  #say(dialog: Dialog, said: Said<LegEvent>): void {
    const { line, leg } = dialog;
    this.#outside.post({ world: "sip", line, leg, ...said } as Untimed<SipEvent>); // a member of the union, completed
  }

  #last(dialog: Dialog, said: Said<LegEvent>): void {
    dialog.talker.done = true;
    this.#say(dialog, said);
  }

  /** 200 was sent: ACK comes, or never. */
  #accepted(dialog: Dialog): void {
    dialog.up = true;
    dialog.acceptedAt = this.#outside.agenda.now;
    const { talker } = dialog;
    const { chance } = talker;
    if (chance.percent(3)) return talker.later(32_000, () => this.#last(dialog, { kind: "ended", cause: "timeout" }));
    talker.later(chance.pick([2, 20, 300]), () => {
      this.#say(dialog, { kind: "confirmed", media: chance.percent(80) ? null : mediaOf(chance) });
      this.#talk(dialog);
    });
  }

  #called({ leg, line, media }: Extract<SipCommand, { kind: "invite" }>): void {
    const talker = new Talker(this.#outside.agenda, mix(this.#outside.seed, 4, Number(leg.slice(8))));
    const dialog: Dialog = { leg, line, talker, endpoint: media.endpoint, up: false, acceptedAt: 0 };
    this.#dialogs.set(leg, dialog);
    const { chance } = talker;
    if (chance.percent(15)) return this.#refuses(dialog, chance.pick([1, 50, 32_000]));
    let at = chance.below(3000);
    // A forked call has several who ring, and some of them send sound.
    for (let branch = chance.below(4); branch > 0; branch--) {
      at += chance.below(1500);
      const early = chance.percent(40) ? mediaOf(chance) : null;
      talker.later(at, () => {
        if (dialog.up) return;
        this.#say(dialog, early === null ? { kind: "ringing" } : { kind: "progressed", media: early });
      });
    }
    at += patience(chance);
    if (chance.percent(25)) this.#refuses(dialog, at);
    else if (chance.percent(85)) talker.later(at, () => this.#answers(dialog));
  }

  #refuses(dialog: Dialog, delay: number): void {
    const { talker } = dialog;
    talker.later(delay, () =>
      this.#last(dialog, { kind: "refused", status: talker.chance.pick(refusals), reason: "Refused" }),
    );
  }

  #answers(dialog: Dialog): void {
    dialog.up = true;
    this.#say(dialog, { kind: "answered", media: mediaOf(dialog.talker.chance) });
    this.#talk(dialog);
  }

  /** The conversation: keys, hold, silence; at last BYE. */
  #talk(dialog: Dialog): void {
    const { talker } = dialog;
    const { chance } = talker;
    let at = 0;
    for (let things = chance.below(4); things > 0; things--) {
      at += chance.below(8000);
      talker.later(at, () => this.#does(dialog));
    }
    at += chance.pick([1, 3000, 60_000, 400_000]);
    talker.later(chance.below(at + 1), () => this.#last(dialog, { kind: "ended", cause: chance.pick(ends) }));
  }

  #does(dialog: Dialog): void {
    const { chance } = dialog.talker;
    const { endpoint } = dialog;
    switch (chance.below(6)) {
      case 0:
        return this.#say(dialog, { kind: "digit", digit: chance.pick(digits), durationMs: 100 });
      case 1:
        if (endpoint === null) return;
        return this.#outside.post({
          world: "voice",
          kind: "digit",
          endpoint,
          digit: chance.pick(digits),
          durationMs: 100,
        });
      case 2:
        if (endpoint === null || !chance.percent(30)) return;
        return this.#outside.post({ world: "voice", kind: "rtpTimeout", endpoint, silentMs: 20_000 });
      case 3:
        return this.#say(dialog, { kind: "reoffered", media: null });
      default:
        return this.#say(dialog, { kind: "reoffered", media: mediaOf(chance) });
    }
  }

  #reoffered(dialog: Dialog): void {
    const { talker } = dialog;
    const { chance } = talker;
    if (chance.percent(10)) return;
    talker.later(chance.pick([5, 100, 2000]), () => {
      if (chance.percent(85)) this.#say(dialog, { kind: "reanswered", media: mediaOf(chance) });
      else this.#say(dialog, { kind: "reofferRefused", status: chance.pick([488, 491, 500]) });
    });
  }
}

function patience(chance: Chance): number {
  return chance.below(chance.pick([5, 1000, 10_000, 40_000, 90_000]));
}

const known: readonly OfferedCodec[] = [
  { format: "PCMU", payloadType: 0 },
  { format: "PCMA", payloadType: 8 },
  { format: "G722", payloadType: 9 },
  { format: "G726-32", payloadType: 102 },
];

function mediaOf(chance: Chance): MediaDescription {
  return {
    remote: { address: "127.0.0.2", port: 4000 + 2 * chance.below(100) },
    codecs: chance.percent(4) ? [] : known.filter((_, n) => n === 0 || chance.percent(50)),
    eventPayloadType: chance.percent(70) ? 101 : null,
    direction: chance.percent(80) ? "sendrecv" : chance.pick(["sendonly", "recvonly", "inactive"] as const),
    ...(chance.percent(20) ? { comfortNoise: true } : {}),
  };
}
