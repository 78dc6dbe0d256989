/** Country profiles: tones, ring cadences, caller ID, flash windows. Figures: ITU-T E.180 supplement, ETSI EN 300 659, GR-30. */
export type CountryCode = "DE" | "US" | "GB" | "FR" | "RU";

/** Call-progress tones (ITU-T E.182). */
export type ToneName = "dial" | "ringback" | "busy" | "congestion" | "callWaiting" | "offHookWarning" | "confirm";

/** FSK modem of the caller ID: Bell 202 (GR-30) or V.23 (EN 300 659-3). */
export type CallerIdStandard = "bell202" | "v23";

export interface Tone {
  /** Sine components; all sound together while the cadence is on. */
  readonly frequenciesHz: readonly number[];
  /** Level of each component, dBm0. */
  readonly levelDbm0: number;
  /** on, off, on, off … in ms, repeated; empty = continuous. */
  readonly cadenceMs: readonly number[];
}

export interface CountryProfile {
  readonly name: string;
  readonly tones: Readonly<Record<ToneName, Tone>>;
  readonly ring: {
    /** External call: on, off … in ms. */
    readonly cadenceMs: readonly number[];
    /** Internal call. */
    readonly internalCadenceMs: readonly number[];
    readonly frequencyHz: number;
  };
  readonly callerId: CallerIdStandard;
  /** From the end of the first ring to the start of the FSK, ms (EN 300 659-1 §6.1, GR-30: 500-2000). */
  readonly callerIdDelayMs: number;
  /** A break of the loop within this window is a flash (register recall); longer is on-hook. */
  readonly flashMs: { readonly min: number; readonly max: number };
}

const warning: Tone = { frequenciesHz: [1400, 2060, 2450, 2600], levelDbm0: -9, cadenceMs: [100, 100] };

function tone(frequenciesHz: readonly number[], levelDbm0: number, ...cadenceMs: number[]): Tone {
  return { frequenciesHz, levelDbm0, cadenceMs };
}

export const countries: Readonly<Record<CountryCode, CountryProfile>> = {
  DE: {
    name: "Germany",
    tones: {
      dial: tone([425], -12),
      ringback: tone([425], -12, 1000, 4000),
      busy: tone([425], -12, 480, 480),
      congestion: tone([425], -12, 240, 240),
      callWaiting: tone([425], -16, 200, 200, 200, 5000),
      offHookWarning: warning,
      confirm: tone([425], -12, 100, 100),
    },
    ring: { cadenceMs: [1000, 4000], internalCadenceMs: [375, 250, 375, 4000], frequencyHz: 25 },
    callerId: "v23",
    callerIdDelayMs: 600,
    flashMs: { min: 70, max: 310 },
  },
  US: {
    name: "United States",
    tones: {
      dial: tone([350, 440], -13),
      ringback: tone([440, 480], -19, 2000, 4000),
      busy: tone([480, 620], -24, 500, 500),
      congestion: tone([480, 620], -24, 250, 250),
      callWaiting: tone([440], -13, 300, 10000),
      offHookWarning: warning,
      confirm: tone([350, 440], -13, 100, 100),
    },
    ring: { cadenceMs: [2000, 4000], internalCadenceMs: [800, 400, 800, 4000], frequencyHz: 20 },
    callerId: "bell202",
    callerIdDelayMs: 600,
    flashMs: { min: 300, max: 1000 },
  },
  GB: {
    name: "United Kingdom",
    tones: {
      dial: tone([350, 440], -15),
      ringback: tone([400, 450], -15, 400, 200, 400, 2000),
      busy: tone([400], -15, 375, 375),
      congestion: tone([400], -15, 400, 350, 225, 525),
      callWaiting: tone([400], -18, 100, 4000),
      offHookWarning: warning,
      confirm: tone([350, 440], -15, 100, 100),
    },
    ring: { cadenceMs: [400, 200, 400, 2000], internalCadenceMs: [1000, 3000], frequencyHz: 25 },
    callerId: "v23",
    callerIdDelayMs: 600,
    flashMs: { min: 50, max: 150 },
  },
  FR: {
    name: "France",
    tones: {
      dial: tone([440], -15),
      ringback: tone([440], -15, 1500, 3500),
      busy: tone([440], -15, 500, 500),
      congestion: tone([440], -15, 250, 250),
      callWaiting: tone([440], -18, 300, 10000),
      offHookWarning: warning,
      confirm: tone([440], -15, 100, 100),
    },
    ring: { cadenceMs: [1500, 3500], internalCadenceMs: [500, 500, 500, 3500], frequencyHz: 50 },
    callerId: "v23",
    callerIdDelayMs: 600,
    flashMs: { min: 200, max: 320 },
  },
  RU: {
    name: "Russia",
    tones: {
      dial: tone([425], -12),
      ringback: tone([425], -12, 1000, 4000),
      busy: tone([425], -12, 350, 350),
      congestion: tone([425], -12, 175, 175),
      callWaiting: tone([425], -16, 200, 5000),
      offHookWarning: warning,
      confirm: tone([425], -12, 100, 100),
    },
    ring: { cadenceMs: [1000, 4000], internalCadenceMs: [500, 300, 500, 4000], frequencyHz: 25 },
    callerId: "v23",
    callerIdDelayMs: 600,
    flashMs: { min: 100, max: 1000 },
  },
};
