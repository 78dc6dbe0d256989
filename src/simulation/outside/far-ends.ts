import type { SipCommand, SipLeg } from "../../message/sip.ts";
import { Chance, mix } from "../chance.ts";
import { Dialog, mediaOf } from "./dialog.ts";
import { type Outside, Talker } from "./outside.ts";

/** A CANCEL may be on its way in the queue for so long when 200 is sent, ms. */
const crossing = 20;

const refusals = [401, 403, 404, 408, 480, 486, 487, 488, 500, 503, 600, 603];

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
    const line = chance.percent(2) ? "line:of-yesterday" : chance.pick(lines).line;
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
    const dialog = new Dialog(this.#outside, line, leg, talker, null);
    this.#dialogs.set(leg, dialog);
    const from = { number: chance.percent(90) ? chance.pick(["700", "0301", "100"]) : null, name: null };
    const media = chance.percent(80) ? mediaOf(chance) : null;
    dialog.asks = media === null;
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
    dialog.early();
    talker.later(patience(chance), () => {
      if (!dialog.up || this.#outside.agenda.now - dialog.acceptedAt <= crossing) dialog.last({ kind: "cancelled" });
    });
  }

  perform(command: SipCommand): void {
    if (command.kind === "invite") return this.#called(command);
    const dialog = this.#dialogs.get(command.leg);
    if (dialog === undefined) return;
    if ("media" in command) dialog.endpoint = command.media.endpoint;
    switch (command.kind) {
      case "accept":
        return dialog.accepted();
      case "reoffer":
        return dialog.reoffered();
      case "acceptReoffer":
        return dialog.reofferAccepted();
      case "release":
        this.#dialogs.delete(command.leg);
        return dialog.talker.release();
      default:
        return;
    }
  }

  #called({ leg, line, media }: Extract<SipCommand, { kind: "invite" }>): void {
    const talker = new Talker(this.#outside.agenda, mix(this.#outside.seed, 4, Number(leg.slice(8))));
    const dialog = new Dialog(this.#outside, line, leg, talker, media.endpoint);
    this.#dialogs.set(leg, dialog);
    const { chance } = talker;
    talker.later(0, () => dialog.say({ kind: "calling", callId: leg }));
    if (chance.percent(15)) return this.#refuses(dialog, chance.pick([1, 50, 32_000]));
    let at = chance.below(3000);
    // A forked call has several who ring, and some of them send sound.
    for (let branch = chance.below(4); branch > 0; branch--) {
      at += chance.below(1500);
      const early = chance.percent(40) ? mediaOf(chance) : null;
      talker.later(at, () => {
        if (dialog.up) return;
        dialog.say(early === null ? { kind: "ringing" } : { kind: "progressed", media: early });
        dialog.early();
      });
    }
    at += patience(chance);
    if (chance.percent(25)) this.#refuses(dialog, at);
    else if (chance.percent(85))
      talker.later(at, () => {
        dialog.answers();
        // Of another branch, or overtaken by the answer.
        if (chance.percent(3)) dialog.say({ kind: "progressed", media: dialog.media() });
      });
  }

  #refuses(dialog: Dialog, delay: number): void {
    const { talker } = dialog;
    talker.later(delay, () =>
      dialog.last({ kind: "refused", status: talker.chance.pick(refusals), reason: "Refused" }),
    );
  }
}

function patience(chance: Chance): number {
  // Until the page of a handset that is away fails, or almost.
  if (chance.percent(3)) return 4985 + chance.below(30);
  return chance.below(chance.pick([5, 1000, 10_000, 40_000, 90_000]));
}
