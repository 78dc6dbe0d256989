import { LiveRules } from "../src/logic/invariants/live.ts";
import { Proactor } from "../src/logic/proactor.ts";
import type { Command } from "../src/message/command.ts";
import type { CcCall } from "../src/message/dect.ts";
import type { Event } from "../src/message/event.ts";
import type { MediaDescription } from "../src/message/media.ts";
import type { HandsetName, LineName, PhoneName } from "../src/message/name.ts";
import type { House } from "../src/message/plan.ts";
import type { SipLeg } from "../src/message/sip.ts";
import { instant } from "../src/message/units.ts";
import { UpperHalf } from "../src/upper-half.ts";
import { check } from "./figures.ts";

const line: LineName = "line:local";
const handsets: readonly HandsetName[] = ["handset:1", "handset:2", "handset:3"];
const phones: readonly PhoneName[] = [...handsets, "port:1", "port:2"];

const house: House = {
  country: "DE",
  lines: [
    { line, registers: false, incoming: [], maxCalls: 4, codecs: ["PCMA", "PCMU"], dtmf: "rfc4733", number: "1" },
  ],
  phones: phones.map((phone, n) => ({ phone, number: `61${n}`, name: phone, line: null })),
  groups: [{ number: "600", members: phones }],
  services: [],
  outgoing: [],
  emergency: [],
  timing: { firstDigitMs: 15000, interDigitMs: 8000, completeMs: 3000, noAnswerMs: 60000, busyToneMs: 30000 },
};

const media: MediaDescription = {
  remote: { address: "127.0.0.2", port: 4000 },
  codecs: [{ format: "PCMU", payloadType: 0 }],
  eventPayloadType: 101,
  direction: "sendrecv",
};

/**
 * A house in the upper half behind the Proactor, without a lower half: it takes calls to 600 that all five phones ring
 * for, handset 1 answers and the caller ends. Every call is checked.
 */
export class OneCall {
  readonly #upper = new UpperHalf();
  readonly #proactor: Proactor;
  #drain: (() => void) | null = null;
  #commands: Command[] = [];
  #now = 1_000_000;
  #calls = 0;
  /** Told of each event that was handled. */
  onDone: ((event: Event, commands: readonly Command[]) => void) | null = null;

  /** `watched`: by the rules that hold whatever happens, as in the gateway. */
  constructor(watched = false) {
    const rules = watched
      ? new LiveRules(
          () => this.#upper.calls,
          (fact) => check(false, fact.why),
        )
      : null;
    this.#proactor = new Proactor({
      handle: (event) => this.#upper.handle(event),
      done: (event, commands) => {
        this.#commands.push(...commands);
        rules?.watch(event, commands, 0);
        this.onDone?.(event, commands);
      },
      clock: () => performance.now(),
      wake: (drain) => {
        this.#drain = drain;
      },
    });
    this.#post({ world: "admin", at: this.#at, kind: "configured", house });
    this.#post({
      world: "store",
      at: this.#at,
      kind: "loaded",
      contacts: [{ id: 1, name: "Alice", numbers: ["700"] }],
      calls: [],
    });
    const rtp = [0, 1, 2, 3].map((n) => ({ endpoint: `rtp:${n}` as const, port: 16384 + 2 * n }));
    this.#post({ world: "voice", at: this.#at, kind: "ready", rtp });
    const subscribed = handsets.map((handset) => ({ handset, ipui: "00", formats: ["L16"] as const }));
    const base = { base: "base:1", model: "m", serial: "b", channels: 4, handsets: subscribed } as const;
    this.#post({ world: "dect", at: this.#at, kind: "attached", ...base });
    const ports = [{ port: "port:1", offHook: false } as const, { port: "port:2", offHook: false } as const];
    const dongle = { dongle: "dongle:1", model: "m", serial: "d", ports, formats: ["PCMA", "PCMU", "L16"] } as const;
    this.#post({ world: "fxs", at: this.#at, kind: "attached", ...dongle });
  }

  /** Events handled so far. */
  get events(): number {
    return this.#proactor.handled;
  }

  get figures(): Pick<Proactor, "handlerMs"> {
    return this.#proactor;
  }

  /** A whole call from INVITE to BYE. */
  run(): void {
    const leg: SipLeg = `sip:in-${++this.#calls}`;
    const from = { number: "700", name: null };
    const invited = { kind: "invited", leg, from, dialled: "600", callId: leg, media } as const;
    const setups = this.#post({ world: "sip", at: this.#at, line, ...invited }).flatMap((command) =>
      command.world === "dect" && command.kind === "setup" ? [{ handset: command.handset, call: command.call }] : [],
    );
    check(setups.length === 3, `${setups.length} handsets got a setup, not 3`);
    for (const setup of setups) this.#post({ world: "dect", at: this.#at, kind: "alerting", ...setup });
    const [first] = setups;
    check(first !== undefined, "no setup");
    this.#answer(first, leg);
    const last = this.#post({ world: "sip", at: this.#at, line, kind: "ended", leg, cause: "normal" });
    const record = last.find((command) => command.world === "store" && command.kind === "addCall");
    check(
      record?.world === "store" && record.kind === "addCall" && record.record.result === "answered",
      "no call record",
    );
    check(record.record.from.name === "Alice", "the record has no name");
    check(this.#upper.quiet, "the call left something behind");
  }

  #answer(setup: { handset: HandsetName; call: CcCall }, leg: SipLeg): void {
    const commands = this.#post({ world: "dect", at: this.#at, kind: "connect", ...setup });
    const accepted = commands.filter((command) => command.world === "sip" && command.kind === "accept");
    const released = commands.filter((command) => command.world === "dect" && command.kind === "release");
    check(accepted.length === 1, `${accepted.length} answers to one INVITE`);
    check(released.length === 2, `${released.length} other handsets released, not 2`);
    this.#post({ world: "sip", at: this.#at, line, kind: "confirmed", leg, media: null });
  }

  get #at(): Event["at"] {
    this.#now += 5;
    return instant(this.#now);
  }

  #post(event: Event): readonly Command[] {
    this.#commands = [];
    this.#proactor.post(event);
    const drain = this.#drain;
    check(drain !== null, "the Proactor did not wake");
    this.#drain = null;
    drain();
    return this.#commands;
  }
}
