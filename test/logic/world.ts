import assert from "node:assert/strict";
import { Rules } from "../../src/logic/invariants/rules.ts";
import type { Command } from "../../src/message/command.ts";
import type { CcCall } from "../../src/message/dect.ts";
import type { Event } from "../../src/message/event.ts";
import type { MediaDescription } from "../../src/message/media.ts";
import type { Digit, HandsetName, LineName, PortName } from "../../src/message/name.ts";
import type { House } from "../../src/message/plan.ts";
import type { SipLeg } from "../../src/message/sip.ts";
import type { TimerId } from "../../src/message/timer.ts";
import { instant } from "../../src/message/units.ts";
import { UpperHalf } from "../../src/upper-half.ts";

type Untimed<E> = E extends unknown ? Omit<E, "at"> : never;

export const line: LineName = "line:local";

/** Three handsets, two ports, a line for direct calls and an echo: what `npm start` has. */
export const house: House = {
  country: "DE",
  lines: [
    {
      line,
      registers: false,
      incoming: [
        { numbers: ["main"], ring: ["handset:1", "handset:2", "handset:3"] },
        { numbers: ["mobile"], ring: [], forward: { line, number: "0170123" } },
      ],
      maxCalls: 4,
      codecs: ["PCMA", "PCMU"],
      dtmf: "rfc4733",
      number: "1000",
    },
  ],
  phones: [
    { phone: "handset:1", number: "611", name: "Kitchen", line: null },
    { phone: "handset:2", number: "612", name: "Study", line: null },
    { phone: "handset:3", number: "613", name: "Attic", line: null },
    { phone: "port:1", number: "601", name: "Hall", line: null },
    { phone: "port:2", number: "602", name: "Cellar", line: null },
  ],
  groups: [{ number: "600", members: ["handset:1", "handset:2", "handset:3", "port:1", "port:2"] }],
  services: [{ number: "690", service: "echo" }],
  outgoing: [
    { name: "softphone", pattern: "7xx", line, strip: 0, prefix: "" },
    { name: "premium", pattern: "0900.", line: null, strip: 0, prefix: "" },
    { name: "outside", pattern: "0.", line, strip: 1, prefix: "" },
  ],
  emergency: ["112"],
  timing: { firstDigitMs: 15000, interDigitMs: 8000, completeMs: 3000, noAnswerMs: 60000, busyToneMs: 30000 },
};

export const media: MediaDescription = {
  remote: { address: "127.0.0.2", port: 4000 },
  codecs: [
    { format: "PCMU", payloadType: 0 },
    { format: "PCMA", payloadType: 8 },
  ],
  eventPayloadType: 101,
  direction: "sendrecv",
};

/** The upper half with time under control, and the invariants watching. */
export class World {
  readonly upper = new UpperHalf();
  readonly rules = new Rules(
    () => this.upper.calls,
    ({ rule, objects, why }) => assert.fail(`${rule}: ${objects.join(" ")} ${why}`),
  );
  readonly commands: Command[] = [];
  readonly events: Event[] = [];
  /** Each event with the commands it caused. */
  readonly steps: { readonly event: Event; readonly commands: readonly Command[] }[] = [];
  #now = 1_000_000;
  #legs = 0;
  #timers: { timer: TimerId; due: number }[] = [];

  constructor(plan: House = house) {
    this.post({ world: "admin", kind: "configured", house: plan });
    this.post({ world: "store", kind: "loaded", contacts: [{ id: 1, name: "Alice", numbers: ["700"] }], calls: [] });
    const rtp = [0, 1, 2, 3].map((n) => ({ endpoint: `rtp:${n}` as const, port: 16384 + 2 * n }));
    this.post({ world: "voice", kind: "ready", rtp });
    this.plugBase();
    this.plugDongle();
  }

  /** Takes one event; gives the commands it caused. */
  post(untimed: Untimed<Event>): readonly Command[] {
    const event = { ...untimed, at: instant(this.#now) } as Event; // the same event, now with its time
    this.events.push(event);
    const commands = this.upper.handle(event);
    for (const command of commands) {
      if (command.world === "timer") this.#timer(command);
      if (command.world === "notify" && command.fact.kind === "fault") assert.fail(command.fact.message);
    }
    this.steps.push({ event, commands });
    this.rules.watch(event, commands);
    this.commands.push(...commands);
    return commands;
  }

  #timer(command: Extract<Command, { world: "timer" }>): void {
    const { timer } = command;
    if (command.kind === "start") this.#timers.push({ timer, due: this.#now + command.afterMs });
    else this.#timers = this.#timers.filter((pending) => pending.timer !== timer);
  }

  /** Lets time pass; timers fire on the way. */
  pass(milliseconds: number): readonly Command[] {
    const end = this.#now + milliseconds;
    const from = this.commands.length;
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((pending) => pending !== next);
      this.#now = next.due;
      this.post({ world: "timer", kind: "expired", timer: next.timer });
    }
    this.#now = end;
    return this.commands.slice(from);
  }

  /** Time goes by, and the timers are lost. */
  later(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** After the last call: nothing is left behind. */
  nothingLeft(): void {
    assert.deepEqual(this.rules.left(), []);
  }

  get now(): number {
    return this.#now;
  }

  plugBase(): void {
    const handsets = [1, 2, 3].map((n) => ({
      handset: `handset:${n}` as HandsetName,
      ipui: `00${n}`,
      formats: ["L16"] as const,
    }));
    this.post({ world: "dect", kind: "attached", base: "base:1", model: "m", serial: "b", channels: 4, handsets });
  }

  plugDongle(): void {
    const ports = [1, 2].map((n) => ({ port: `port:${n}` as PortName, offHook: false }));
    const formats = ["PCMA", "PCMU", "L16"] as const;
    this.post({ world: "fxs", kind: "attached", dongle: "dongle:1", model: "m", serial: "d", ports, formats });
  }

  /** An INVITE; gives the leg and what came of it. */
  invite(dialled: string, from = "700", offer: MediaDescription | null = media): SipLeg {
    this.#legs += 1;
    const leg: SipLeg = `sip:in-${this.#legs}`;
    const caller = { number: from, name: null };
    this.post({
      world: "sip",
      kind: "invited",
      line,
      leg,
      from: caller,
      dialled,
      callId: `c${this.#legs}`,
      media: offer,
    });
    return leg;
  }

  /** The CC transaction by which a handset was last rung. */
  setupOf(handset: HandsetName): CcCall {
    const setup = this.commands.findLast((c) => c.world === "dect" && c.kind === "setup" && c.handset === handset);
    assert.ok(setup !== undefined && setup.world === "dect", `${handset} was not rung`);
    return setup.call;
  }

  /** The SIP leg of the last INVITE sent. */
  invited(): Extract<Command, { world: "sip"; kind: "invite" }> {
    const invite = this.commands.findLast((c) => c.world === "sip" && c.kind === "invite");
    assert.ok(invite !== undefined && invite.world === "sip" && invite.kind === "invite", "no INVITE was sent");
    return invite;
  }

  dial(port: PortName, number: string): void {
    this.post({ world: "fxs", kind: "wentOffHook", port });
    for (const digit of number) this.post({ world: "fxs", kind: "digit", port, digit: digit as Digit });
  }

  /** What left for SIP, in order, by kind (release with its cause). */
  sip(leg: SipLeg): string[] {
    return this.commands.flatMap((c) => {
      if (c.world !== "sip" || c.leg !== leg) return [];
      return [c.kind === "release" ? `release ${c.cause}` : c.kind];
    });
  }

  tones(endpoint: string): (string | null)[] {
    return this.commands.flatMap((c) =>
      c.world === "voice" && c.kind === "tone" && c.endpoint === endpoint ? [c.tone] : [],
    );
  }

  /** The last entry of the call log. */
  get record() {
    return this.upper.view().log.at(-1) ?? null;
  }
}

/** All orders of some things. */
export function* orders<T>(things: readonly T[]): Iterable<readonly T[]> {
  if (things.length === 0) yield [];
  for (const [at, first] of things.entries()) {
    for (const rest of orders([...things.slice(0, at), ...things.slice(at + 1)])) yield [first, ...rest];
  }
}
