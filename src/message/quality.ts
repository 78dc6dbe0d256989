/** How an endpoint was heard, from the call's beginning to its end. What was not measured is null. */
export interface CallQuality {
  /** Encoding name at the end. */
  readonly codec: string;
  /** Packets of the network, frames of a device. */
  readonly received: number;
  readonly sent: number;
  readonly lost: number;
  /** Came, but too late to be heard. */
  readonly late: number;
  /** Frames made up. */
  readonly concealed: number;
  /** 0 to 1, of the packets whose turn came (RFC 3611 §4.7.1); null for a device. */
  readonly lostShare: number | null;
  readonly lateShare: number | null;
  /** Interarrival jitter at the end (RFC 3550 §6.4.1). */
  readonly jitterMs: number | null;
  readonly bufferMs: number | null;
  readonly roundTripMs: number | null;
  /** From the far end's wire to our playing. */
  readonly delayMs: number | null;
  readonly levelDbm0: number | null;
  /** Of the line behind a channel, ITU-T G.168. */
  readonly echoReturnLossDb: number | null;
  readonly echoEnhancementDb: number | null;
  /** ITU-T G.107. */
  readonly r: number | null;
  readonly mos: number | null;
  readonly mosListening: number | null;
  readonly farEnd: FarEndQuality | null;
}

/** What the far end says of how it hears us: of RTCP reports (RFC 3550) and VoIP metrics (RFC 3611). */
export interface FarEndQuality {
  readonly lost: number | null;
  readonly jitterMs: number | null;
  readonly lostShare: number | null;
  readonly discardedShare: number | null;
  readonly burstDensity: number | null;
  readonly levelDbm0: number | null;
  readonly r: number | null;
  readonly mos: number | null;
  readonly mosListening: number | null;
}
