import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../../src/message/command.ts";
import type { DectCommand, DectEvent } from "../../src/message/dect.ts";
import type { Event } from "../../src/message/event.ts";
import type { SipCommand, SipEvent } from "../../src/message/sip.ts";
import { run, type Subject } from "../../src/simulation/run.ts";
import { seedOf } from "../../src/simulation/simulate.ts";
import { UpperHalf } from "../../src/upper-half.ts";

/** In what state of its dialog, transaction or port each event came: `sip ended` in `in up`. */
class Seen {
  readonly cells = new Map<string, number>();
  readonly #legs = new Map<string, string>();

  watch(event: Event, commands: readonly Command[]): void {
    if (event.world === "admin" && event.kind === "configured") this.#legs.clear();
    this.#count(event);
    if (event.world === "sip" && "leg" in event) this.#afterSip(event);
    if (event.world === "dect" && event.kind === "alerting" && this.#legs.get(event.call) === "paging")
      this.#legs.set(event.call, "rung");
    for (const command of commands) this.#told(command);
  }

  #count(event: Event): void {
    const cell = `${event.world} ${event.kind}: ${this.#stateOf(event)}`;
    this.cells.set(cell, (this.cells.get(cell) ?? 0) + 1);
  }

  #stateOf(event: Event): string {
    if (event.world === "sip" && "leg" in event) return this.#legs.get(event.leg) ?? "no leg";
    if (event.world === "dect" && "call" in event) return this.#legs.get(event.call) ?? "no leg";
    if (event.world === "dect" && "handset" in event) return this.#legs.get(event.handset) ?? "absent";
    if (event.world === "fxs" && "port" in event) return this.#legs.get(event.port) ?? "absent";
    return "any";
  }

  #afterSip({ kind, leg }: Extract<SipEvent, { readonly leg: string }>): void {
    if (kind === "invited") this.#legs.set(leg, "in asking");
    const state = this.#legs.get(leg);
    if (state === undefined || !state.startsWith("out") || state === "out over") return;
    if (kind === "ringing") this.#legs.set(leg, state === "out calling" ? "out ringing" : state);
    if (kind === "progressed") this.#legs.set(leg, state === "out up" ? state : "out early");
    if (kind === "answered") this.#legs.set(leg, "out up");
  }

  #told(command: Command): void {
    if (command.world === "sip") this.#toldSip(command);
    if (command.world === "dect") this.#toldDect(command);
    if (command.world === "notify" && command.fact.kind === "phoneChanged")
      this.#legs.set(command.fact.phone, command.fact.state);
  }

  #toldSip(command: SipCommand): void {
    const { leg } = command;
    const way = leg.startsWith("sip:in") ? "in" : "out";
    if (command.kind === "invite") this.#legs.set(leg, "out calling");
    if (command.kind === "ring") this.#legs.set(leg, "in ringing");
    if (command.kind === "progress") this.#legs.set(leg, "in early");
    if (command.kind === "accept") this.#legs.set(leg, "in up");
    if (command.kind === "release") this.#legs.set(leg, `${way} over`);
    if (command.kind !== "reoffer") return;
    const holds = command.media.direction === "sendonly" || command.media.direction === "inactive";
    this.#legs.set(leg, holds ? `${way} held` : `${way} up`);
  }

  #toldDect({ kind, call }: DectCommand): void {
    const states: Partial<Record<DectCommand["kind"], string>> = {
      setup: "paging",
      setupAck: "dialling",
      proceeding: "proceeding",
      connect: "up",
      connectAck: "up",
      release: "over",
    };
    const state = states[kind];
    if (state !== undefined) this.#legs.set(call, state);
  }
}

/** An upper half that is looked at. */
function watched(seen: Seen): Subject {
  const upper = new UpperHalf();
  return {
    handle: (event) => {
      const commands = upper.handle(event);
      seen.watch(event, commands);
      return commands;
    },
    view: () => upper.view(),
    restart: (at) => upper.restart(at),
    get calls() {
      return upper.calls;
    },
    get quiet() {
      return upper.quiet;
    },
  };
}

const inUp = ["in up", "in held", "in over"];
const outUp = ["out up", "out held", "out over"];
const early = ["out calling", "out ringing", "out early"];
const sip: Partial<Record<SipEvent["kind"], readonly string[]>> = {
  calling: ["out calling"],
  cancelled: ["in ringing", "in early", "in up", "in over"],
  ringing: [...early, "out up", "out over"],
  progressed: [...early, "out up", "out over"],
  answered: [...early, "out up", "out over"],
  confirmed: [...inUp],
  refused: [...early, "out over"],
  reoffered: ["in ringing", ...inUp, "out ringing", "out early", ...outUp],
  reanswered: ["in up", "in held", "out up", "out held"],
  reofferRefused: ["in up", "in held", "out up", "out held"],
  digit: ["in ringing", ...inUp, "out ringing", "out early", "out up", "out held"],
  ended: [...inUp, ...outUp],
};
const dect: Partial<Record<DectEvent["kind"], readonly string[]>> = {
  detachedHandset: ["idle", "ringing", "inCall"],
  located: ["absent", "idle", "ringing", "inCall"],
  setup: ["no leg"],
  keypad: ["paging", "rung", "dialling", "proceeding", "up", "over"],
  alerting: ["paging", "rung", "up", "over"],
  connect: ["rung", "up", "over"],
  pageFailed: ["paging", "over"],
  released: ["paging", "rung", "dialling", "proceeding", "up", "over"],
};
const phones = ["idle", "ringing", "dialling", "inCall", "offHook"];
const fxs = {
  wentOffHook: ["idle", "ringing", "dialling", "inCall"],
  wentOnHook: ["idle", "dialling", "inCall", "offHook"],
  digit: ["idle", "dialling", "inCall", "offHook"],
  lineFault: [...phones],
  lineRestored: ["fault"],
};
const others: readonly string[] = [
  ...["sip registered", "sip registrationFailed", "sip unregistered"],
  ...["dect attached", "dect detached", "fxs attached", "fxs detached"],
  ...["ready", "lost", "digit", "callerIdSent", "faxTone", "shadow", "measured", "recordEnded", "playEnded"].map(
    (kind) => `voice ${kind}`,
  ),
  ...["voice rtpTimeout", "voice endpointFailed", "timer expired"],
  ...["store loaded", "store saveFailed", "store saved", "store capsuleSaved"],
  ...["hangUp", "addContact", "removeContact", "clearLog", "memory", "heartbeat", "deviceProblem"].map(
    (kind) => `admin ${kind}`,
  ),
  "admin configured",
];

function cells(world: string, table: Partial<Record<string, readonly string[]>>): string[] {
  return Object.entries(table).flatMap(([kind, states]) => (states ?? []).map((state) => `${world} ${kind}: ${state}`));
}

test("every event comes in every state in which it can, in some house", (t) => {
  const seen = new Seen();
  for (let n = 0; n < 600; n++) run(seedOf(5, n), { calls: 50, hash: false, upper: () => watched(seen) });
  const wanted = [
    ...cells("sip", sip),
    ...cells("dect", dect),
    ...cells("fxs", fxs),
    ...others.map((kind) => `${kind}: any`),
  ];
  assert.deepEqual(
    wanted.filter((cell) => !seen.cells.has(cell)),
    [],
  );
  const more = [...seen.cells.keys()].filter((cell) => !wanted.includes(cell));
  t.diagnostic(`${wanted.length} of them, and ${more.length} more: ${more.join(", ")}`);
});
