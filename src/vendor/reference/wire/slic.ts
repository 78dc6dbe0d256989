import type { Digit } from "../../../message/name.ts";

/** Direct registers of the SLIC, numbered as in the Si3210. docs/device-protocol.md §7 */
export const direct = {
  /** Bits 5-4 chip (0 = Si3210), bits 3-0 revision. */
  chipId: 0,
  /** 2 after reset; the host writes 0. Anything but 0 later tells that the chip was reset. */
  loopback: 8,
  audioGain: 9,
  impedance: 10,
  /** Reads 0x33: the SLIC is alive. */
  hybrid: 11,
  /** Bit 4: DC-DC converter off. */
  powerDown: 14,
  interruptStatus1: 18,
  interruptStatus2: 19,
  interruptStatus3: 20,
  interruptEnable1: 21,
  interruptEnable2: 22,
  interruptEnable3: 23,
  /** Bit 4 valid, bits 3-0 code. */
  dtmf: 24,
  /** Bit 5 on-timer enabled, bit 4 off-timer enabled, bit 3 ringing now (read only). */
  ringControl: 34,
  /** On-timer and off-timer of ringing, low and high octet, in units of 125 us. */
  ringOnLow: 48,
  ringOnHigh: 49,
  ringOffLow: 50,
  ringOffHigh: 51,
  /** Debounce in units of 1.25 ms: loop closure while ringing, loop closure, ring trip. */
  ringingDebounce: 63,
  linefeed: 64,
  automatic: 67,
  loopStatus: 68,
  loopDebounce: 69,
  ringTripDebounce: 70,
  /** 20 + 3n mA. */
  loopCurrent: 71,
  onHookVoltage: 72,
  /** Battery sense, 0.376 V a step. */
  batterySense: 82,
  calibrationStart: 96,
  calibrationSelect: 97,
} as const;

/** Indirect registers. */
export const indirect = {
  /** Ringing: DC offset, oscillator coefficient, amplitude, phase. */
  ringOffset: 19,
  ringFrequency: 20,
  ringAmplitude: 21,
  ringPhase: 22,
} as const;

/** DR 64, bits 2-0: what was asked for. Bits 6-4 (read only) show what the line does now, in the same codes. */
export const linefeeds = {
  open: 0,
  forwardActive: 1,
  forwardOnHook: 2,
  tipOpen: 3,
  ringing: 4,
  reverseActive: 5,
  reverseOnHook: 6,
  ringOpen: 7,
} as const;

/** DR 18: ringing timers. */
export const interrupt1 = { ringOnExpired: 0x20, ringOffExpired: 0x10 } as const;
/** DR 19. */
export const interrupt2 = { ringTrip: 0x01, loopClosure: 0x02, powerAlarms: 0xfc } as const;
/** DR 20. */
export const interrupt3 = { dtmf: 0x01 } as const;
/** DR 68. */
export const loop = { closed: 0x01, ringTrip: 0x02, reserved: 0xf8 } as const;

export const ALIVE = 0x33;
export const LOOPBACK_AFTER_RESET = 0x02;
export const CONVERTER_OFF = 0x10;
/** 60 V in steps of 0.376 V. */
export const BATTERY_UP = 160;
export const RING_TIMERS_ON = 0x30;
export const RINGING_NOW = 0x08;
/** Longest time a ring timer can hold, ms. */
export const RING_TIMER_MAX_MS = 8191;

/** DR 24, bits 3-0, in order of code. */
const dtmfDigits: readonly Digit[] = ["D", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#", "A", "B", "C"];

/** The digit in DR 24, null when the decoder has none. */
export function dtmfDigit(register: number): Digit | null {
  return register & 0x10 ? (dtmfDigits[register & 0x0f] ?? null) : null;
}

/** DR 24 for a digit that is heard now. */
export function dtmfRegister(digit: Digit): number {
  return 0x10 | dtmfDigits.indexOf(digit);
}

/** Ring timer value (two octets, 125 us units) for a time in ms. */
export function ringTimer(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), RING_TIMER_MAX_MS) * 8);
}

/** Indirect 20: coefficient of the 1 kHz ring oscillator, cos(2 pi f / 1000) in Q15. */
export function ringCoefficient(frequencyHz: number): number {
  return Math.round(Math.cos((2 * Math.PI * frequencyHz) / 1000) * 32768) & 0xffff;
}

/** Indirect 21: amplitude for a peak voltage (at most 96 V) at this frequency. */
export function ringAmplitude(frequencyHz: number, peakVolts: number): number {
  const c = Math.cos((2 * Math.PI * frequencyHz) / 1000);
  return Math.trunc((Math.sqrt((1 - c) / (1 + c)) * 32768 * peakVolts) / (4 * 96)) & 0xffff;
}

/** Device side: the frequency that indirect 20 stands for, Hz. */
export function ringFrequency(coefficient: number): number {
  const signed = coefficient > 0x7fff ? coefficient - 0x10000 : coefficient;
  return (Math.acos(signed / 32768) * 1000) / (2 * Math.PI);
}
