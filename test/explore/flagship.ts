import assert from "node:assert/strict";
import { type Exploration, explore } from "../../src/explore/explore.ts";
import { Ledger } from "../../src/explore/ledger.ts";
import type { Moment } from "../../src/explore/moment.ts";
import type { Liberties } from "../../src/explore/order.ts";
import type { Event } from "../../src/message/event.ts";
import type { IncomingRule } from "../../src/message/plan.ts";
import type { SipLeg } from "../../src/message/sip.ts";
import type { TimerId } from "../../src/message/timer.ts";
import { instant } from "../../src/message/units.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { house, line, World } from "../logic/world.ts";

type Untimed<E> = E extends unknown ? Omit<E, "at"> : never;

/** An INVITE that has just rung whoever is to ring; everything else is still to come. */
export class Flagship {
  readonly #world: World;
  readonly #leg: SipLeg;
  readonly #before: readonly Event[];
  readonly #pending: Event[] = [];

  constructor(ring: IncomingRule["ring"]) {
    this.#world = new World({
      ...house,
      lines: house.lines.map((it) => ({ ...it, incoming: [{ numbers: [], ring }] })),
    });
    this.#leg = this.#world.invite("main");
    this.#before = [...this.#world.events];
  }

  /** What a handset says to the setup. */
  handset(n: 1 | 2 | 3, ...said: ("alerting" | "connect" | "pageFailed" | "released")[]): this {
    const about = { world: "dect", handset: `handset:${n}`, call: this.#world.setupOf(`handset:${n}`) } as const;
    for (const kind of said) this.#add(kind === "released" ? { ...about, kind, reason: "normal" } : { ...about, kind });
    return this;
  }

  port(n: 1 | 2, ...said: ("wentOffHook" | "wentOnHook")[]): this {
    for (const kind of said) this.#add({ world: "fxs", kind, port: `port:${n}` });
    return this;
  }

  /** What the caller does: gives up, acknowledges the answer, hangs up. */
  caller(...said: ("cancelled" | "confirmed" | "ended")[]): this {
    const about = { world: "sip", line, leg: this.#leg } as const;
    for (const kind of said) {
      if (kind === "cancelled") this.#add({ ...about, kind });
      if (kind === "confirmed") this.#add({ ...about, kind, media: null });
      if (kind === "ended") this.#add({ ...about, kind, cause: "normal" });
    }
    return this;
  }

  /** A timer that was started by the INVITE ends. */
  timer(name: string): this {
    const started = this.#world.commands.flatMap((it) => (it.world === "timer" && it.kind === "start" ? [it] : []));
    const timer: TimerId | undefined = started.find((it) => it.name === name)?.timer;
    assert.ok(timer !== undefined, `no timer ${name} was started`);
    this.#add({ world: "timer", kind: "expired", timer });
    return this;
  }

  explored(liberties: Partial<Liberties> = {}): Exploration {
    const pending = this.#pending.map((event, index) => ({ n: this.#before.length + index + 1, event }));
    const moment: Moment = {
      after: this.#before.length,
      before: this.#before,
      outside: new Ledger(),
      pending,
      happened: false,
    };
    const none = { duplicates: 0, losses: 0, expiries: 0, whims: 0 };
    return explore(moment, { states: 200_000, ...none, ...liberties, fresh: () => new UpperHalf() });
  }

  #add(untimed: Untimed<Event>): void {
    const at = instant(this.#world.now + 1000 * (this.#pending.length + 1));
    this.#pending.push({ ...untimed, at } as Event); // the same event, now with its time
  }
}
