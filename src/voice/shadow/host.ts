import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../../vendor/clock/clock.ts";
import type { CodecFile } from "../contract.ts";
import {
  defaultLimits,
  type ShadowLimits,
  type ShadowOptions,
  type ShadowState,
  type ShadowStatus,
} from "./contract.ts";
import { Headroom } from "./headroom.ts";
import type { FromShadow } from "./messages.ts";
import type { Timing } from "./player.ts";
import { Report } from "./report.ts";
import { RecordRing, SHADOW_BUSY, SHADOW_LATE, SHADOW_ON, SHADOW_SKIPPED, SHADOW_TICKS } from "./ring.ts";
import { ShadowThread } from "./thread.ts";

/** Four seconds of a stream, whose tick of 20 ms has 600 words. */
const WORDS_A_STREAM = 131_072;
const LOOK_MS = 1000;
/** Looks in a row in which the thread does nothing though there is something to do. */
const STILL_LOOKS = 2;
const MOST_DOUBLINGS = 4;

export interface ShadowParts {
  readonly options: ShadowOptions;
  /** File URL of the live module. */
  readonly wasm: string;
  readonly timing: Timing;
  readonly codecs: readonly CodecFile[];
  readonly clock: Clock;
  /** Memory left to the gateway, octets; null when nothing bounds it. */
  readonly room: () => Promise<number | null>;
  /** Told when it goes on, goes off, or is given up; `reason` is null when it goes on. */
  readonly told: (state: ShadowState, reason: string | null) => void;
}

/** Switches the shadow on and off, and says what it found. Runs on the main thread. */
export class ShadowHost {
  /** For the voice worker's `ShadowTap`. */
  readonly shared: SharedArrayBuffer;
  readonly #parts: ShadowParts;
  readonly #limits: ShadowLimits;
  readonly #ring: RecordRing;
  readonly #report: Report;
  #headroom: Headroom;
  #thread: ShadowThread | null = null;
  #state: ShadowState = "off";
  #reason: string | null = "it waits for head-room";
  #startedAt = 0;
  #quietFrom = 0;
  #offs = 0;
  #starts = 0;
  #faults = 0;
  #stillAt = 0;
  #still = 0;
  #closed = false;
  #cancel: Cancel = () => {};

  constructor(parts: ShadowParts) {
    this.#parts = parts;
    this.#limits = { ...defaultLimits, ...parts.options.limits };
    const ticks = 20 / parts.timing.frameMs;
    this.shared = RecordRing.room(WORDS_A_STREAM * ticks * powerOfTwo(parts.options.streams));
    this.#ring = new RecordRing(this.shared);
    this.#report = new Report(parts.options);
    this.#headroom = new Headroom(this.#limits);
    void this.#look();
  }

  status(): ShadowStatus {
    return this.#report.show({
      state: this.#state,
      reason: this.#reason,
      skipped: this.#ring.get(SHADOW_SKIPPED) >>> 0,
      switchedOff: this.#offs,
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    this.#ring.set(SHADOW_ON, 0);
    await this.#thread?.stop();
  }

  /** Once a second. */
  async #look(): Promise<void> {
    const room = await this.#parts.room().catch(() => null);
    if (this.#closed) return;
    const reason = this.#headroom.judge(
      {
        ticks: this.#ring.get(SHADOW_TICKS),
        lateTicks: this.#ring.get(SHADOW_LATE),
        skipped: this.#ring.get(SHADOW_SKIPPED),
        room,
      },
      this.#thread !== null,
    );
    if (this.#state === "on") this.#watch(reason);
    else if (this.#state === "starting") this.#watchStart();
    else if (this.#state === "off") this.#mayStart(reason);
    if (this.#state !== "given up") this.#cancel = this.#parts.clock.after(ms(LOOK_MS), () => void this.#look());
  }

  #mayStart(reason: string | null): void {
    const now = this.#parts.clock.now();
    if (reason !== null) this.#quietFrom = now;
    const doublings = Math.min(MOST_DOUBLINGS, Math.max(0, this.#offs - 1));
    const quiet = this.#offs === 0 ? 0 : this.#limits.quietMs * 2 ** doublings;
    if (reason === null && this.#thread === null && now - this.#quietFrom >= quiet) this.#start();
  }

  #start(): void {
    const { options, wasm, timing, codecs, clock } = this.#parts;
    const task = { shared: this.shared, wasm, options, timing, codecs };
    this.#state = "starting";
    this.#reason = null;
    this.#startedAt = clock.now();
    this.#still = 0;
    this.#headroom = new Headroom(this.#limits);
    const thread = new ShadowThread(task, clock, (message) => this.#hear(message));
    this.#thread = thread;
    void thread.ended.then(() => {
      this.#report.ended();
      this.#thread = null;
    });
  }

  #hear(message: FromShadow): void {
    if (message.kind === "figures") this.#report.take(message.figures);
    else if (message.kind === "failed") this.#fault(message.reason, message.file);
    else if (this.#state === "starting") this.#go();
  }

  #go(): void {
    this.#starts++;
    this.#state = "on";
    this.#ring.set(SHADOW_ON, this.#starts);
    this.#parts.told("on", null);
  }

  #watch(reason: string | null): void {
    const read = this.#ring.read;
    this.#still = this.#ring.fill > 0 && read === this.#stillAt ? this.#still + 1 : 0;
    this.#stillAt = read;
    const stuck = this.#still >= STILL_LOOKS;
    if (stuck && this.#ring.get(SHADOW_BUSY) === 2)
      return this.#fault(`the candidate did not come back from a frame for ${STILL_LOOKS} s`, false);
    const over = this.#report.overBudget(this.#limits.frameBudgetUs);
    if (over !== null) return this.#fault(over, false);
    if (reason !== null) this.#off(reason);
    else if (stuck) this.#off("it could not keep up with the voice path");
  }

  #watchStart(): void {
    if (this.#parts.clock.now() - this.#startedAt < this.#limits.startMs) return;
    this.#fault(`the candidate did not start within ${this.#limits.startMs / 1000} s`, false);
  }

  /** The candidate's own doing. A file that is bad stays bad. */
  #fault(reason: string, file: boolean): void {
    if (this.#closed || (this.#state !== "on" && this.#state !== "starting")) return;
    this.#faults++;
    this.#off(reason, file || this.#faults >= this.#limits.faults ? "given up" : "off");
  }

  #off(reason: string, state: "off" | "given up" = "off"): void {
    this.#offs++;
    this.#ring.set(SHADOW_ON, 0);
    this.#state = state;
    this.#reason = reason;
    this.#quietFrom = this.#parts.clock.now();
    void this.#thread?.stop();
    this.#parts.told(state, reason);
  }
}

function powerOfTwo(least: number): number {
  let power = 1;
  while (power < least) power *= 2;
  return power;
}
