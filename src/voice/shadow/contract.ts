/** What is compared with the live path, and on how many streams. */
export interface ShadowOptions {
  /** A build of our own `voice.wasm`: another concealment, jitter buffer or built-in codec. */
  readonly module?: string;
  /** A codec plug-in, compared with the live codec that has its RTP name and clock. */
  readonly codec?: string;
  /** The most RTP streams followed at a time. */
  readonly streams: number;
  /** Of the streams that open, so many are followed while there is room. */
  readonly sharePercent: number;
  /** For tests: when head-room is short; `defaultLimits` without it. */
  readonly limits?: Partial<ShadowLimits>;
}

/** What the shadow may take before it is switched off. */
export interface ShadowLimits {
  /** Voice ticks that began late, of the last ten seconds of 20 ms: more than so many per thousand. */
  readonly lateTicksPerMille: number;
  /** Memory that is left: below it the shadow is off, octets. */
  readonly leastRoomBytes: number;
  /** Memory that must be left before it is switched on. */
  readonly startRoomBytes: number;
  /** The median of the candidate's time for a frame of one stream, µs. */
  readonly frameBudgetUs: number;
  /** Quiet time before it comes back, ms; doubled each time, up to sixteen times as long. */
  readonly quietMs: number;
  /** The thread starts within this time, ms. */
  readonly startMs: number;
  /** Traps, time-outs and broken promises of a candidate before it is given up. */
  readonly faults: number;
}

export const defaultLimits: ShadowLimits = {
  lateTicksPerMille: 10,
  leastRoomBytes: 32e6,
  startRoomBytes: 64e6,
  frameBudgetUs: 2000,
  quietMs: 30_000,
  startMs: 20_000,
  faults: 3,
};

/** `starting`: its thread compiles; `given up`: never again, until the gateway is started anew. */
export type ShadowState = "starting" | "on" | "off" | "given up";

/** The answer to "what would be different with the candidate". Plain JSON. */
export interface ShadowStatus {
  readonly state: ShadowState;
  /** Why it does not run, in a sentence; null while it does. */
  readonly reason: string | null;
  /** Streams followed at present, and since the start. */
  readonly following: number;
  readonly followed: number;
  /** Ticks of followed streams. */
  readonly ticks: number;
  /** Ticks that found no room on their way to the shadow; the stream is not followed any further. */
  readonly skipped: number;
  /** Times that the shadow was switched off. */
  readonly switchedOff: number;
  /** The live module beside itself on the same input: every tick must be the same. */
  readonly live: {
    readonly checked: number;
    readonly nondeterministic: number;
    /** What differed first. */
    readonly firstDifference: string | null;
    /** Time for one frame of one stream, decoded and coded again. */
    readonly frameUs: Percentiles;
  };
  readonly candidates: readonly CandidateStatus[];
}

export interface CandidateStatus {
  readonly what: "module" | "codec";
  readonly file: string;
  readonly frameUs: Percentiles;
  /** What somebody hears of the streams as samples. */
  readonly heard: Difference;
  /** The same sound coded again in the stream's format. */
  readonly sent: Difference;
  /** Null for a codec. */
  readonly jitter: {
    /** Frames that were made up. */
    readonly concealed: Both;
    /** Packets that came too late or too early. */
    readonly late: Both;
    /** Mean of what the buffer holds after a frame was taken. */
    readonly bufferMs: Both;
    /** Frames that only one of the two played. */
    readonly apart: number;
  } | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export interface Both {
  readonly live: number;
  readonly candidate: number;
}

/** Frames of the live path and of a candidate, side by side. */
export interface Difference {
  readonly frames: number;
  readonly different: number;
  readonly bits: number;
  readonly bitsDifferent: number;
  /** Mean over the frames with sound, each from -10 to 35 dB; null without any, and for what is sent. */
  readonly segmentalSnrDb: number | null;
  /** Frames with sound by their signal-to-noise ratio; the last step has those above. Empty for what is sent. */
  readonly snrStepsDb: readonly { readonly upTo: number | null; readonly count: number }[];
}
