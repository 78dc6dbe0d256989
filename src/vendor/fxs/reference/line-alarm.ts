import { ms, seconds } from "../../../message/units.ts";
import type { Cancel, Clock } from "../../clock/clock.ts";
import { wordsOf } from "../../reference/host/bus-fault.ts";
import { direct, linefeeds, loop } from "../../reference/wire/slic.ts";
import type { Slic } from "./slic.ts";

const REST_MS = 1000;
const QUIET_MS = 1000;
const ALARMS_MAX = 10;
const FORGET = seconds(3600);

export interface LineAlarmListener {
  fault(what: string): void;
  restored(offHook: boolean): void;
  problem(what: string): void;
}

/**
 * A port whose SLIC has switched the line off because too much power went through it: a short circuit, or foreign
 * voltage. It is fed again after a rest; one that keeps alarming stays off (docs/device-protocol.md §7.4).
 */
export class LineAlarm {
  readonly #slic: Slic;
  readonly #clock: Clock;
  readonly #listener: LineAlarmListener;
  #timer: Cancel | null = null;
  #faulty = false;
  #alarms = 0;
  #lastAt = 0;
  /** Counts alarms without end: what an older alarm began is left when a newer has come. */
  #turn = 0;

  constructor(slic: Slic, clock: Clock, listener: LineAlarmListener) {
    this.#slic = slic;
    this.#clock = clock;
    this.#listener = listener;
  }

  raise(): void {
    const now = this.#clock.now();
    if (now - this.#lastAt > FORGET) this.#alarms = 0;
    this.#lastAt = now;
    this.#alarms += 1;
    this.#turn += 1;
    if (!this.#faulty) this.#listener.fault("power alarm: short circuit or foreign voltage on the line");
    this.#faulty = true;
    this.#timer?.();
    this.#timer = null;
    if (this.#alarms > ALARMS_MAX) return this.#listener.problem("power alarm again and again: the port stays off");
    this.#later(REST_MS, (turn) => this.#feed(turn));
  }

  close(): void {
    this.#turn += 1;
    this.#timer?.();
    this.#timer = null;
  }

  #later(delayMs: number, run: (turn: number) => Promise<void>): void {
    const turn = this.#turn;
    this.#timer = this.#clock.after(ms(delayMs), () => {
      this.#timer = null;
      run(turn).catch((error: unknown) => {
        if (turn === this.#turn) this.#listener.problem(`line not restored: ${wordsOf(error)}`);
      });
    });
  }

  async #feed(turn: number): Promise<void> {
    // Anything but 0 in the loopback register tells that the alarm has reset the whole chip.
    const wasReset = (await this.#slic.read(direct.loopback)) !== 0;
    if (turn !== this.#turn) return;
    if (wasReset) await this.#slic.bringUp();
    else await this.#slic.write(direct.linefeed, linefeeds.forwardActive);
    if (turn === this.#turn) this.#later(QUIET_MS, (next) => this.#restore(next));
  }

  async #restore(turn: number): Promise<void> {
    const status = await this.#slic.read(direct.loopStatus);
    if (turn !== this.#turn) return;
    this.#faulty = false;
    this.#listener.restored((status & loop.closed) !== 0);
  }
}
