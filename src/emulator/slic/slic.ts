import type { Digit } from "../../message/name.ts";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../../vendor/clock/clock.ts";
import {
  ALIVE,
  CONVERTER_OFF,
  direct,
  dtmfRegister,
  interrupt1,
  interrupt2,
  interrupt3,
  LOOPBACK_AFTER_RESET,
  linefeeds,
  loop,
  RING_TIMERS_ON,
  RINGING_NOW,
} from "../../vendor/reference/wire/slic.ts";
import { Debounce } from "./debounce.ts";

/** Direct registers end at 108, indirect ones at 43. */
const DIRECT = 109;
const INDIRECT = 44;
/** What the chip is: Si3210, revision 5. */
const CHIP = 0x05;
/** How long the converter needs to bring the battery to its full 66 V, and a calibration. */
const CONVERTER_MS = 40;
const BATTERY = 176;
const CALIBRATION_MS = 60;
/** One step of the debounce registers and of the ring timers. */
const DEBOUNCE_STEP_MS = 1.25;
const RING_STEP_MS = 0.125;
const readOnly: readonly number[] = [direct.chipId, direct.hybrid, direct.dtmf, direct.loopStatus, direct.batterySense];
const status = [direct.interruptStatus1, direct.interruptStatus2, direct.interruptStatus3] as const;
const enable = [direct.interruptEnable1, direct.interruptEnable2, direct.interruptEnable3] as const;

/** What the SLIC does to the line and to its firmware. */
export interface SlicPins {
  /** The line is fed otherwise, or rings, or no longer. */
  line(): void;
  /** An enabled interrupt is pending. */
  interrupt(): void;
}

/** A subscriber line interface with the registers of an Si3210, as far as docs/device-protocol.md §7 has them. */
export class Slic {
  readonly #clock: Clock;
  readonly #pins: SlicPins;
  readonly #direct = new Uint8Array(DIRECT);
  readonly #indirect = new Uint16Array(INDIRECT);
  readonly #hook: Debounce;
  /** What the line does now, a code of `linefeeds`. */
  #feed: number = linefeeds.open;
  #loopClosed = false;
  #ringTimer: Cancel | null = null;
  #converterSince: number | null = null;
  #calibratedAt = 0;

  constructor(clock: Clock, pins: SlicPins) {
    this.#clock = clock;
    this.#pins = pins;
    this.#hook = new Debounce(clock, (closed) => this.#believe(closed));
    this.#initialise();
  }

  /** What the line does now: a code of `linefeeds`. */
  get feed(): number {
    return this.#feed;
  }

  /** Ringing is asked for; the pauses that the SLIC makes itself belong to it. */
  get ringing(): boolean {
    return this.#asked === linefeeds.ringing && this.#converterSince !== null;
  }

  get #asked(): number {
    return (this.#direct[direct.linefeed] ?? 0) & 7;
  }

  reset(): void {
    this.#initialise();
    this.#pins.line();
  }

  /** Null: no such register. */
  read(register: number): number | null {
    if (register >= DIRECT) return null;
    const value = this.#direct[register] ?? 0;
    if (register === direct.linefeed) return (value & 7) | (this.#feed << 4);
    if (register === direct.ringControl)
      return (value & ~RINGING_NOW) | (this.#feed === linefeeds.ringing ? RINGING_NOW : 0);
    if (register === direct.batterySense) return this.#battery();
    if (register === direct.calibrationStart) return this.#clock.now() < this.#calibratedAt ? value : 0;
    return value;
  }

  /** False: no such register. */
  write(register: number, value: number): boolean {
    if (register >= DIRECT) return false;
    if (readOnly.includes(register)) return true;
    if ((status as readonly number[]).includes(register)) {
      this.#direct[register] = (this.#direct[register] ?? 0) & ~value;
      return true;
    }
    this.#direct[register] = value;
    if (register === direct.linefeed) this.#feedAs(value & 7);
    if (register === direct.powerDown) this.#convert((value & CONVERTER_OFF) === 0);
    if (register === direct.calibrationStart && value & 0x40) this.#calibratedAt = this.#clock.now() + CALIBRATION_MS;
    if ((enable as readonly number[]).includes(register)) this.#tell();
    return true;
  }

  readIndirect(register: number): number | null {
    return this.#indirect[register] ?? null;
  }

  writeIndirect(register: number, value: number): boolean {
    if (register >= INDIRECT) return false;
    this.#indirect[register] = value;
    return true;
  }

  /** The contact between the two wires, as it is. */
  setLoop(closed: boolean): void {
    this.#loopClosed = closed;
    this.#watch();
  }

  /** What the DTMF decoder hears now. */
  setDigit(digit: Digit | null): void {
    const before = this.#direct[direct.dtmf] ?? 0;
    this.#direct[direct.dtmf] = digit === null ? before & 0x0f : dtmfRegister(digit);
    if (digit !== null) this.#raise(0, 0, interrupt3.dtmf);
  }

  /** A transistor is too hot: a short circuit or a foreign voltage on the line. */
  powerAlarm(): void {
    this.#direct[direct.linefeed] = linefeeds.open;
    this.#feedAs(linefeeds.open);
    this.#raise(0, interrupt2.powerAlarms & -interrupt2.powerAlarms, 0);
  }

  /** Enabled interrupts that are pending, DR 18-20; clears them as the firmware does when it has seen them. */
  takeInterrupts(): readonly [number, number, number] {
    const seen = status.map((register, n) => {
      const bits = (this.#direct[register] ?? 0) & (this.#direct[enable[n] ?? 0] ?? 0);
      this.#direct[register] = (this.#direct[register] ?? 0) & ~bits;
      return bits;
    });
    return [seen[0] ?? 0, seen[1] ?? 0, seen[2] ?? 0];
  }

  #initialise(): void {
    this.#direct.fill(0);
    this.#indirect.fill(0);
    this.#direct[direct.chipId] = CHIP;
    this.#direct[direct.loopback] = LOOPBACK_AFTER_RESET;
    this.#direct[direct.hybrid] = ALIVE;
    this.#direct[direct.powerDown] = CONVERTER_OFF;
    this.#feed = linefeeds.open;
    this.#converterSince = null;
    this.#stopRing();
    this.#hook.stop();
  }

  #battery(): number {
    if (this.#converterSince === null) return 0;
    return Math.min(BATTERY, Math.round((BATTERY * (this.#clock.now() - this.#converterSince)) / CONVERTER_MS));
  }

  #convert(on: boolean): void {
    if (on === (this.#converterSince !== null)) return;
    this.#converterSince = on ? this.#clock.now() : null;
    this.#feedAs(this.#asked);
  }

  /** Without a battery the line is dead, whatever is asked for. */
  #feedAs(code: number): void {
    this.#stopRing();
    this.#feed = this.#converterSince === null ? linefeeds.open : code;
    if (this.#feed === linefeeds.ringing) this.#timeRing(direct.ringOnLow);
    this.#pins.line();
    this.#watch();
  }

  #stopRing(): void {
    this.#ringTimer?.();
    this.#ringTimer = null;
  }

  /** With both timers enabled: rings for the on-time, then on-hook transmission for the off-time, and so on. */
  #timeRing(timer: number): void {
    const time = ((this.#direct[timer] ?? 0) + 256 * (this.#direct[timer + 1] ?? 0)) * RING_STEP_MS;
    if (((this.#direct[direct.ringControl] ?? 0) & RING_TIMERS_ON) !== RING_TIMERS_ON || time === 0) return;
    this.#ringTimer = this.#clock.after(ms(time), () => this.#turnRing(timer === direct.ringOnLow));
  }

  #turnRing(wasOn: boolean): void {
    this.#ringTimer = null;
    if (((this.#direct[direct.ringControl] ?? 0) & RING_TIMERS_ON) !== RING_TIMERS_ON) return;
    this.#feed = wasOn ? linefeeds.forwardOnHook : linefeeds.ringing;
    this.#timeRing(wasOn ? direct.ringOffLow : direct.ringOnLow);
    this.#raise(wasOn ? interrupt1.ringOnExpired : interrupt1.ringOffExpired, 0, 0);
    this.#pins.line();
  }

  /** Compares the contact with what is believed of it. */
  #watch(): void {
    const believed = ((this.#direct[direct.loopStatus] ?? 0) & loop.closed) !== 0;
    const fed = this.#feed !== linefeeds.open && this.#feed !== linefeeds.tipOpen && this.#feed !== linefeeds.ringOpen;
    if (!fed) {
      this.#hook.stop();
      this.#direct[direct.loopStatus] = 0;
    } else if (this.#loopClosed === believed) this.#hook.stop();
    else this.#hook.start(this.#loopClosed, (this.#direct[this.#debounce] ?? 0) * DEBOUNCE_STEP_MS);
  }

  get #debounce(): number {
    if (!this.ringing) return direct.loopDebounce;
    return this.#feed === linefeeds.ringing ? direct.ringTripDebounce : direct.ringingDebounce;
  }

  #believe(closed: boolean): void {
    const trip = closed && this.ringing;
    const tripped = (this.#direct[direct.loopStatus] ?? 0) & loop.ringTrip;
    this.#direct[direct.loopStatus] = closed ? loop.closed | (trip ? loop.ringTrip : tripped) : 0;
    if (trip) {
      this.#direct[direct.linefeed] = linefeeds.forwardActive;
      this.#feedAs(linefeeds.forwardActive);
    }
    this.#raise(0, interrupt2.loopClosure | (trip ? interrupt2.ringTrip : 0), 0);
  }

  #raise(...bits: readonly [number, number, number]): void {
    bits.forEach((mask, n) => {
      const register = status[n] ?? 0;
      this.#direct[register] = (this.#direct[register] ?? 0) | mask;
    });
    this.#tell();
  }

  #tell(): void {
    const pending = status.some((register, n) => (this.#direct[register] ?? 0) & (this.#direct[enable[n] ?? 0] ?? 0));
    if (pending) this.#pins.interrupt();
  }
}
