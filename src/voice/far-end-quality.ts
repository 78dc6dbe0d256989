import type { FarEndQuality } from "../message/quality.ts";
import { roundTripMs } from "./round-trip.ts";
import { type ReportBlock, type ReportRead, readReport } from "./rtcp.ts";
import { readVoipMetrics, type VoipMetrics } from "./rtcp-xr.ts";

/** Sender reports that a far end may still answer. */
const KEPT_REPORTS = 4;
/** More jitter than that is no measurement: ms. */
const MOST_JITTER_MS = 60_000;
/** The middle of an NTP time is reckoned in two ways, 1/65536 s. */
const ROUNDING = 1;

interface SentReport {
  /** Middle of its NTP time. */
  readonly middle: number;
  /** The same moment in ms since 1970, and by the monotonic clock. */
  readonly wallClock: number;
  readonly at: number;
}

/** What a stream's far end says, by RTCP, of how it hears us. It is believed only about what we sent. */
export class FarEndReports {
  #sent: SentReport[] = [];
  #roundTripMs: number | null = null;
  #block: ReportBlock | null = null;
  #metrics: VoipMetrics | null = null;

  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  /** A sender report goes out. */
  sent(report: SentReport): void {
    this.#sent = [...this.#sent, report].slice(-KEPT_REPORTS);
  }

  /** `ssrc`: ours. Null when the datagram is not RTCP. */
  hear(datagram: Uint8Array, ssrc: number, now: number): ReportRead | null {
    const read = readReport(datagram);
    if (read === null) return null;
    for (const block of read.blocks) if (block.ssrc === ssrc) this.#take(block, now);
    this.#metrics = readVoipMetrics(datagram).findLast(({ source }) => source === ssrc) ?? this.#metrics;
    return read;
  }

  /** `unitsPerMs`: of the RTP clock. */
  quality(unitsPerMs: number): FarEndQuality | null {
    if (this.#block === null && this.#metrics === null) return null;
    return {
      lost: this.#block?.cumulativeLost ?? null,
      jitterMs: jitterOf(this.#block, unitsPerMs),
      lostShare: this.#metrics?.lostShare ?? null,
      discardedShare: this.#metrics?.discardedShare ?? null,
      burstDensity: this.#metrics?.burstDensity ?? null,
      levelDbm0: this.#metrics?.signalLevel ?? null,
      r: this.#metrics?.r ?? null,
      mos: this.#metrics?.mosConversation ?? null,
      mosListening: this.#metrics?.mosListening ?? null,
    };
  }

  #take(block: ReportBlock, now: number): void {
    this.#block = block;
    const report = this.#sent.find(({ middle }) => Math.abs((middle - block.lastReport) | 0) <= ROUNDING);
    // Whoever answers a report that was never sent does not measure.
    if (report === undefined) return;
    const arrival = report.wallClock + (now - report.at);
    this.#roundTripMs = roundTripMs(block.lastReport, block.delay, arrival) ?? this.#roundTripMs;
  }
}

/** Null for what can not be. */
function jitterOf(block: ReportBlock | null, unitsPerMs: number): number | null {
  const jitter = block === null ? null : block.jitter / unitsPerMs;
  return jitter === null || jitter > MOST_JITTER_MS ? null : Math.round(jitter * 100) / 100;
}
