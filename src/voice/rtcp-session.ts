import * as words from "../../assembly/endpoint-words.ts";
import { FarEndReports } from "./far-end-quality.ts";
import { endpointAddress, type VoiceMap } from "./map.ts";
import { ntpMiddle } from "./round-trip.ts";
import { type ReportBlock, type SenderInfo, writeReport } from "./rtcp.ts";
import { writeVoipMetrics } from "./rtcp-xr.ts";
import { type FromRtcp, unitsPerMs, voipMetrics } from "./stream-quality.ts";

/** RFC 3550 §6.2: 5 s, randomised from half to one and a half of it; the first report after half the interval. */
const INTERVAL_MS = 5000;

/** RTCP of one stream while it is open. Times are milliseconds of one monotonic clock. */
export class RtcpSession {
  readonly #map: VoiceMap;
  readonly #index: number;
  readonly #at: number;
  readonly #cname: string;
  #dueAt: number;
  #heard: { readonly ssrc: number; readonly ntpMiddle: number; readonly at: number } | null = null;
  #before = { expected: 0, received: 0 };
  readonly #farEnd = new FarEndReports();
  #reports = 0;

  /** `cname` says which endpoint, never who (RFC 7022). */
  constructor(map: VoiceMap, index: number, cname: string, now: number) {
    this.#map = map;
    this.#index = index;
    this.#at = endpointAddress(index);
    this.#cname = cname;
    this.#dueAt = now + spread(INTERVAL_MS / 2);
  }

  /** When the next report is due. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** False when the datagram is not RTCP. */
  hear(datagram: Uint8Array, now: number): boolean {
    const read = this.#farEnd.hear(datagram, this.#word(words.CONTROL_SSRC) >>> 0, now);
    if (read === null) return false;
    if (read.sender !== null) this.#heard = { ...read.sender, at: now };
    return true;
  }

  /** For status, and for the far end. */
  measured(): FromRtcp {
    const units = unitsPerMs(this.#map, this.#word(words.CONTROL_FORMAT));
    return { roundTripMs: this.#farEnd.roundTripMs, farEnd: this.#farEnd.quality(units) };
  }

  /** The report of now, every other time with VoIP metrics; with `bye` the last one, and always with them. */
  report(now: number, bye: boolean): Uint8Array {
    this.#dueAt = now + spread(INTERVAL_MS);
    const sender = this.#sender(now);
    const ssrc = this.#word(words.CONTROL_SSRC) >>> 0;
    const extended = bye || this.#reports % 2 === 1 ? this.#extended(ssrc) : null;
    this.#reports++;
    const report = { ssrc, cname: this.#cname, sender, block: this.#block(now), bye };
    return writeReport(extended === null ? report : { ...report, extended });
  }

  /** Null while nothing has been sent. */
  #sender(now: number): SenderInfo | null {
    const packets = this.#word(words.SEND_PACKETS) >>> 0;
    if (packets === 0) return null;
    const wallClock = Date.now();
    this.#farEnd.sent({ middle: ntpMiddle(wallClock), wallClock, at: now });
    return {
      wallClock,
      rtpTimestamp: this.#word(words.SEND_TIMESTAMP) >>> 0,
      packets,
      octets: this.#word(words.SEND_OCTETS) >>> 0,
    };
  }

  #extended(ssrc: number): Uint8Array | null {
    const metrics = voipMetrics(this.#map, this.#index, this.measured());
    return metrics === null ? null : writeVoipMetrics(ssrc, metrics);
  }

  #block(now: number): ReportBlock | null {
    if (this.#word(words.METER_STARTED) === 0) return null;
    const ssrc = this.#word(words.METER_SSRC) >>> 0;
    const highest = this.#word(words.METER_CYCLES) + this.#word(words.METER_MAX_SEQUENCE);
    const expected = highest - this.#word(words.METER_BASE_SEQUENCE) + 1;
    const received = this.#word(words.METER_RECEIVED);
    const heard = this.#heard?.ssrc === ssrc ? this.#heard : null;
    return {
      ssrc,
      fractionLost: this.#fractionLost(expected, received),
      cumulativeLost: expected - received,
      highestSequence: highest >>> 0,
      jitter: this.#word(words.METER_JITTER) >>> 4,
      lastReport: heard?.ntpMiddle ?? 0,
      delay: heard === null ? 0 : Math.round(((now - heard.at) * 65536) / 1000),
    };
  }

  /** RFC 3550 A.3: of the packets since the report before. */
  #fractionLost(expected: number, received: number): number {
    const expectedNow = expected - this.#before.expected;
    const lostNow = expectedNow - (received - this.#before.received);
    this.#before = { expected, received };
    return expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow));
  }

  #word(offset: number): number {
    return this.#map.word(this.#at + offset);
  }
}

function spread(interval: number): number {
  return interval * (0.5 + Math.random());
}
