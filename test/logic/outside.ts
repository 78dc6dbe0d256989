import assert from "node:assert/strict";
import type { Command } from "../../src/message/command.ts";
import type { Digit, HandsetName, PortName } from "../../src/message/name.ts";
import type { SipLeg } from "../../src/message/sip.ts";
import { line, media, World } from "./world.ts";

/** A seeded generator (mulberry32): a failing storm can be played again. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const keys = [..."0123456789*#"] as Digit[];

/** What is alive as the devices and the far ends see it. */
export class Outside {
  readonly world: World;
  readonly #pick: (below: number) => number;
  readonly #legs = new Map<SipLeg, { up: boolean; ours: boolean }>();
  readonly #hook = new Map<PortName, boolean>();
  #plugged = { base: true, dongle: true };
  #in = 0;

  constructor(seed: number) {
    this.world = new World();
    this.#pick = chance(seed);
  }

  step(): void {
    const actions = [
      () => this.#invite(),
      () => this.#sip(),
      () => this.#sip(),
      () => this.#handset(),
      () => this.#handset(),
      () => this.#port(),
      () => this.#port(),
      () => this.#plug(),
      () => this.#watch(this.world.pass(this.#pick(4000))),
    ];
    actions[this.#pick(actions.length)]?.();
  }

  /** Everybody hangs up, and time passes. */
  calm(): void {
    for (const leg of this.#legs.keys()) this.#post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
    for (const port of ["port:1", "port:2"] as const) this.#post({ world: "fxs", kind: "wentOnHook", port });
    for (const n of [1, 2, 3]) {
      const handset: HandsetName = `handset:${n}`;
      const last = this.world.commands.findLast((c) => c.world === "dect" && c.handset === handset);
      if (last?.world !== "dect" || last.kind === "release") continue;
      this.#post({ world: "dect", kind: "released", handset, call: last.call, reason: "normal" });
    }
    this.#watch(this.world.pass(200_000));
    this.world.nothingLeft();
    assert.ok(this.world.upper.quiet);
  }

  #post(event: Parameters<World["post"]>[0]): void {
    this.#watch(this.world.post(event));
  }

  #watch(commands: readonly Command[]): void {
    for (const command of commands) {
      if (command.world !== "sip") continue;
      if (command.kind === "invite") this.#legs.set(command.leg, { up: false, ours: true });
      if (command.kind === "accept") this.#legs.set(command.leg, { up: true, ours: false });
      if (command.kind === "release") this.#legs.delete(command.leg);
    }
  }

  #one<T>(things: readonly T[]): T | undefined {
    return things[this.#pick(things.length)];
  }

  #invite(): void {
    this.#in += 1;
    const dialled = this.#one(["600", "611", "601", "690", "main", "nobody"]) ?? "600";
    const offer = this.#one([media, media, null, { ...media, codecs: [] }]) ?? null;
    const leg = this.world.invite(dialled, "700", offer);
    this.#legs.set(leg, { up: false, ours: false });
    this.#watch(this.world.commands.slice(-60));
  }

  #sip(): void {
    const [leg, state] = this.#one([...this.#legs]) ?? [];
    if (leg === undefined || state === undefined) return;
    const kinds = state.up
      ? ["ended", "digit", "reoffered"]
      : state.ours
        ? ["ringing", "progressed", "answered", "refused"]
        : ["cancelled"];
    const kind = this.#one(kinds);
    if (kind === "answered") state.up = true;
    const direction = this.#one(["sendrecv", "sendonly"] as const) ?? "sendrecv";
    const stream = { ...media, direction };
    if (kind === "ended") this.#post({ world: "sip", kind, line, leg, cause: "normal" });
    if (kind === "digit") this.#post({ world: "sip", kind, line, leg, digit: "5", durationMs: 100 });
    if (kind === "reoffered") this.#post({ world: "sip", kind, line, leg, media: stream });
    if (kind === "ringing" || kind === "cancelled") this.#post({ world: "sip", kind, line, leg });
    if (kind === "progressed" || kind === "answered") this.#post({ world: "sip", kind, line, leg, media });
    if (kind === "refused") this.#post({ world: "sip", kind, line, leg, status: 486, reason: "Busy Here" });
  }

  #handset(): void {
    if (!this.#plugged.base) return;
    const handset: HandsetName = `handset:${1 + this.#pick(3)}`;
    const last = this.world.commands.findLast((c) => c.world === "dect" && c.handset === handset);
    const call = last?.world === "dect" ? last.call : "cc:in-0";
    const over = last === undefined || (last.world === "dect" && last.kind === "release");
    if (over && this.#pick(2) === 0) {
      this.#in += 1;
      const keypad = this.#one(["", "612", "700", "690", "9"]) ?? "";
      return this.#post({ world: "dect", kind: "setup", handset, call: `cc:in-${this.#in}`, keypad });
    }
    const kind = this.#one(["alerting", "connect", "pageFailed", "released", "keypad"] as const) ?? "alerting";
    if (kind === "released")
      this.#post({ world: "dect", kind, handset, call, reason: this.#one(["normal", "busy"]) ?? "normal" });
    else if (kind === "keypad")
      this.#post({ world: "dect", kind, handset, call, keypad: this.#one([...keys, "\x15"]) ?? "1" });
    else this.#post({ world: "dect", kind, handset, call });
  }

  #port(): void {
    if (!this.#plugged.dongle) return;
    const port: PortName = `port:${1 + this.#pick(2)}`;
    const offHook = this.#hook.get(port) ?? false;
    if (offHook && this.#pick(3) > 0)
      return this.#post({ world: "fxs", kind: "digit", port, digit: this.#one(keys) ?? "1" });
    this.#hook.set(port, !offHook);
    this.#post({ world: "fxs", kind: offHook ? "wentOnHook" : "wentOffHook", port });
    if (offHook && this.#pick(2) === 0) {
      this.#watch(this.world.pass(50 + this.#pick(300)));
      this.#hook.set(port, true);
      this.#post({ world: "fxs", kind: "wentOffHook", port });
    }
  }

  #plug(): void {
    if (this.#pick(6) > 0) return;
    const which = this.#pick(2) === 0 ? "base" : "dongle";
    this.#plugged[which] = !this.#plugged[which];
    if (which === "base") {
      if (this.#plugged.base) this.world.plugBase();
      else this.#post({ world: "dect", kind: "detached", base: "base:1", reason: "unplugged" });
    } else {
      this.#hook.clear();
      if (this.#plugged.dongle) this.world.plugDongle();
      else this.#post({ world: "fxs", kind: "detached", dongle: "dongle:1", reason: "unplugged" });
    }
  }
}
