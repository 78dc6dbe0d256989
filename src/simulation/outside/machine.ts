import type { RtpEndpoint } from "../../message/name.ts";
import type { CallQuality } from "../../message/quality.ts";
import type { StoreCommand } from "../../message/store.ts";
import type { TimerCommand, TimerId } from "../../message/timer.ts";
import type { VoiceCommand } from "../../message/voice.ts";
import type { TakeBack } from "../agenda.ts";
import { Chance } from "../chance.ts";
import type { Outside } from "./outside.ts";

const unknown: CallQuality = {
  codec: "PCMA",
  received: 1,
  sent: 1,
  lost: 0,
  late: 0,
  concealed: 0,
  lostShare: 0,
  lateShare: 0,
  jitterMs: null,
  bufferMs: null,
  roundTripMs: null,
  delayMs: null,
  levelDbm0: null,
  echoReturnLossDb: null,
  echoEnhancementDb: null,
  r: null,
  mos: null,
  mosListening: null,
  farEnd: null,
};

/** The voice worker: it measures, and it crashes. */
export class VoiceWorker {
  readonly #outside: Outside;
  #lives = false;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  start(): void {
    this.#lives = true;
    const rtp = Array.from({ length: this.#outside.house.streams }, (_, n) => {
      const endpoint: RtpEndpoint = `rtp:${n}`;
      return { endpoint, port: 16_384 + 2 * n };
    });
    this.#outside.post({ world: "voice", kind: "ready", rtp });
  }

  crash(trait: number): void {
    if (!this.#lives) return;
    this.#lives = false;
    this.#outside.post({ world: "voice", kind: "lost", reason: "it crashed" });
    this.#outside.agenda.after(new Chance(trait).pick([1, 300, 5000]), () => this.start());
  }

  perform(command: VoiceCommand): void {
    if (command.kind === "measure") {
      const { call, party } = command;
      this.#later(() => this.#outside.post({ world: "voice", kind: "measured", call, party, quality: unknown }));
    }
    if (command.kind === "callerId") {
      const { endpoint } = command;
      this.#later(() => this.#outside.post({ world: "voice", kind: "callerIdSent", endpoint }));
    }
  }

  #later(say: () => void): void {
    this.#outside.agenda.after(3, () => {
      if (this.#lives) say();
    });
  }
}

/** The files: saved after a while, all at once; a disk that is full for some time saves nothing. */
export class Disk {
  readonly #outside: Outside;
  readonly #unsaved = new Set<"book" | "calls">();
  #full = false;
  #failed = false;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  fill(trait: number): void {
    this.#full = true;
    this.#outside.agenda.after(new Chance(trait).pick([3000, 60_000]), () => {
      this.#full = false;
    });
  }

  perform(command: StoreCommand): void {
    const what = command.kind === "putContact" || command.kind === "removeContact" ? "book" : "calls";
    if (this.#unsaved.has(what)) return;
    this.#unsaved.add(what);
    this.#outside.agenda.after(2000, () => {
      this.#unsaved.delete(what);
      if (this.#full) {
        this.#failed = true;
        return this.#outside.post({ world: "store", kind: "saveFailed", what, reason: "ENOSPC" });
      }
      if (this.#failed) this.#outside.post({ world: "store", kind: "saved", what });
      this.#failed = false;
    });
  }
}

/** An expiry that is due so soon may be in the queue already when its timer is cancelled, ms. */
const crossing = 5;

/** Timers of the house. */
export class Clock {
  readonly #outside: Outside;
  readonly #running = new Map<TimerId, { readonly due: number; readonly takeBack: TakeBack }>();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  perform(command: TimerCommand): void {
    const { timer } = command;
    if (command.kind === "cancel") {
      const running = this.#running.get(timer);
      const crosses = running !== undefined && running.due - this.#outside.agenda.now <= crossing;
      if (!crosses) running?.takeBack();
      this.#running.delete(timer);
      return;
    }
    const expire = (): void => {
      this.#running.delete(timer);
      this.#outside.post({ world: "timer", kind: "expired", timer });
    };
    const { agenda } = this.#outside;
    const takeBack = agenda.after(command.afterMs, expire);
    this.#running.set(timer, { due: agenda.now + command.afterMs, takeBack });
  }
}
