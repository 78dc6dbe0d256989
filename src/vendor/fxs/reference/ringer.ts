import { ms } from "../../../message/units.ts";
import type { Cancel, Clock } from "../../clock/clock.ts";
import { direct, linefeeds, RING_TIMER_MAX_MS, RING_TIMERS_ON, ringTimer } from "../../reference/wire/slic.ts";

/** The shortest part of a cadence that is timed; shorter ones are nonsense. */
const PART_MIN_MS = 20;
/** After ringing the line stays in on-hook transmission this long, so that caller ID passes. */
const ON_HOOK_TRANSMISSION_MS = 6000;

type Write = (register: number, octet: number) => void;

/** Rings one port: by the SLIC's own timers where the cadence allows it, else by ours. */
export class Ringer {
  readonly #clock: Clock;
  readonly #write: Write;
  #timer: Cancel | null = null;
  #ringing = false;

  constructor(clock: Clock, write: Write) {
    this.#clock = clock;
    this.#write = write;
  }

  /** Rings, or has rung and keeps the line in on-hook transmission. */
  get pending(): boolean {
    return this.#ringing || this.#timer !== null;
  }

  /** `cadenceMs`: on, off, on, off …; empty rings without a pause. */
  start(cadenceMs: readonly number[]): void {
    this.#timer?.();
    this.#timer = null;
    this.#ringing = true;
    const [on = 0, off = 0] = cadenceMs;
    if (cadenceMs.length === 2 && isTimed(on) && isTimed(off)) this.#startTimers(on, off);
    else this.#startParts(cadenceMs);
  }

  /** Ends ringing with the line in on-hook transmission, for a while. */
  stop(): void {
    if (!this.#ringing) return;
    this.cancel();
    this.#write(direct.linefeed, linefeeds.forwardOnHook);
    this.#timer = this.#clock.after(ms(ON_HOOK_TRANSMISSION_MS), () => {
      this.#timer = null;
      this.#write(direct.linefeed, linefeeds.forwardActive);
    });
  }

  /** Ends ringing, or what follows it, and leaves the linefeed to the caller. */
  cancel(): void {
    this.#timer?.();
    this.#timer = null;
    if (this.#ringing) this.#write(direct.ringControl, 0);
    this.#ringing = false;
  }

  #startTimers(onMs: number, offMs: number): void {
    const on = ringTimer(onMs);
    const off = ringTimer(offMs);
    this.#write(direct.ringOnLow, on & 0xff);
    this.#write(direct.ringOnHigh, on >> 8);
    this.#write(direct.ringOffLow, off & 0xff);
    this.#write(direct.ringOffHigh, off >> 8);
    this.#write(direct.ringControl, RING_TIMERS_ON);
    this.#write(direct.linefeed, linefeeds.ringing);
  }

  #startParts(cadenceMs: readonly number[]): void {
    this.#write(direct.ringControl, 0);
    if (cadenceMs.length === 0) this.#write(direct.linefeed, linefeeds.ringing);
    else this.#part(cadenceMs, 0);
  }

  #part(cadenceMs: readonly number[], index: number): void {
    const part = cadenceMs[index] ?? 0;
    this.#write(direct.linefeed, index % 2 === 0 ? linefeeds.ringing : linefeeds.forwardOnHook);
    this.#timer = this.#clock.after(ms(Math.max(part, PART_MIN_MS)), () => {
      this.#part(cadenceMs, (index + 1) % cadenceMs.length);
    });
  }
}

function isTimed(part: number): boolean {
  return part >= PART_MIN_MS && part <= RING_TIMER_MAX_MS;
}
