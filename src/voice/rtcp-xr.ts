/** RTCP extended reports with the VoIP metrics block, RFC 3611 §2, §4.7. */

/** What a receiver tells of one source. Null is "not measured", and is told so. */
export interface VoipMetrics {
  /** Of the stream that is reported on. */
  readonly source: number;
  /** 0 to 1 each. */
  readonly lostShare: number;
  readonly discardedShare: number;
  readonly burstDensity: number;
  readonly gapDensity: number;
  /** Mean lengths, ms. */
  readonly burstMs: number;
  readonly gapMs: number;
  readonly roundTripMs: number | null;
  /** From the arrival of a sample to the ear, and from the mouth to the wire, ms. */
  readonly endSystemMs: number | null;
  /** dBm0. */
  readonly signalLevel: number | null;
  readonly noiseLevel: number | null;
  /** Residual echo return loss, dB. */
  readonly echoReturnLoss: number | null;
  /** R of conversation, 0 to 100. */
  readonly r: number | null;
  /** 1 to 5. */
  readonly mosListening: number | null;
  readonly mosConversation: number | null;
  readonly concealment: Concealment;
  /** Null: not known. */
  readonly isBufferAdaptive: boolean | null;
  /** How fast an adaptive buffer adapts: 0 to 15. */
  readonly bufferRate: number;
  /** Depth now, the deepest so far, and the deepest it may become, ms. */
  readonly bufferNominalMs: number;
  readonly bufferMaximumMs: number;
  readonly bufferLimitMs: number;
}

const concealments = ["unspecified", "disabled", "enhanced", "standard"] as const;
export type Concealment = (typeof concealments)[number];

const EXTENDED_REPORT = 207;
const VOIP_METRICS = 7;
/** Octets of the block, and its length field: words less one. */
const BLOCK_OCTETS = 36;
const BLOCK_LENGTH = 8;
/** Says "not available" where an octet holds a level, R or MOS. */
const NOT_AVAILABLE = 127;
/** Gmin: as many received packets end a burst (assembly/meter/bursts.ts). */
const GAP = 16;
/** Blocks read of one datagram: it has sources, not hundreds. */
const MOST_BLOCKS = 32;

/** One RTCP packet from `ssrc`; it goes behind the report in a compound packet. */
export function writeVoipMetrics(ssrc: number, metrics: VoipMetrics): Uint8Array {
  const octets = new Uint8Array(8 + BLOCK_OCTETS);
  const view = new DataView(octets.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, EXTENDED_REPORT);
  view.setUint16(2, octets.length / 4 - 1);
  view.setUint32(4, ssrc);
  writeBlock(new DataView(octets.buffer, 8), metrics);
  return octets;
}

function writeBlock(view: DataView, metrics: VoipMetrics): void {
  view.setUint8(0, VOIP_METRICS);
  view.setUint16(2, BLOCK_LENGTH);
  view.setUint32(4, metrics.source);
  view.setUint8(8, bounded(metrics.lostShare * 256, 0, 255));
  view.setUint8(9, bounded(metrics.discardedShare * 256, 0, 255));
  view.setUint8(10, bounded(metrics.burstDensity * 256, 0, 255));
  view.setUint8(11, bounded(metrics.gapDensity * 256, 0, 255));
  view.setUint16(12, bounded(metrics.burstMs, 0, 65_535));
  view.setUint16(14, bounded(metrics.gapMs, 0, 65_535));
  view.setUint16(16, bounded(metrics.roundTripMs ?? 0, 0, 65_535));
  view.setUint16(18, bounded(metrics.endSystemMs ?? 0, 0, 65_535));
  view.setInt8(20, level(metrics.signalLevel, -128, 126));
  view.setInt8(21, level(metrics.noiseLevel, -128, 126));
  view.setUint8(22, level(metrics.echoReturnLoss, 0, 126));
  view.setUint8(23, GAP);
  view.setUint8(24, level(metrics.r, 0, 100));
  view.setUint8(25, NOT_AVAILABLE);
  view.setUint8(26, level(tenfold(metrics.mosListening), 10, 50));
  view.setUint8(27, level(tenfold(metrics.mosConversation), 10, 50));
  view.setUint8(28, configuration(metrics));
  view.setUint16(30, bounded(metrics.bufferNominalMs, 0, 65_535));
  view.setUint16(32, bounded(metrics.bufferMaximumMs, 0, 65_535));
  view.setUint16(34, bounded(metrics.bufferLimitMs, 0, 65_535));
}

/** RX config, §4.7.6. */
function configuration(metrics: VoipMetrics): number {
  const adaptive = metrics.isBufferAdaptive === null ? 0 : metrics.isBufferAdaptive ? 3 : 2;
  return (concealments.indexOf(metrics.concealment) << 6) | (adaptive << 4) | bounded(metrics.bufferRate, 0, 15);
}

function level(value: number | null, least: number, most: number): number {
  return value === null ? NOT_AVAILABLE : bounded(value, least, most);
}

function tenfold(value: number | null): number | null {
  return value === null ? null : value * 10;
}

function bounded(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(value)));
}

/**
 * All VoIP metrics in a compound packet; other packets and blocks are skipped. Empty when the lengths do not add up to
 * the datagram's.
 */
export function readVoipMetrics(datagram: Uint8Array): VoipMetrics[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const found: VoipMetrics[] = [];
  for (let at = 0; at < datagram.length; ) {
    if (at + 4 > datagram.length || view.getUint8(at) >> 6 !== 2) return [];
    const end = at + 4 * (view.getUint16(at + 2) + 1);
    if (end > datagram.length) return [];
    if (view.getUint8(at + 1) === EXTENDED_REPORT && !readBlocks(view, at + 8, end, found)) return [];
    at = end;
  }
  return found;
}

/** False when the blocks do not fill their packet. */
function readBlocks(view: DataView, from: number, end: number, found: VoipMetrics[]): boolean {
  let at = from;
  while (at + 4 <= end) {
    const next = at + 4 * (view.getUint16(at + 2) + 1);
    if (next > end) return false;
    const isMetrics = view.getUint8(at) === VOIP_METRICS && next - at === BLOCK_OCTETS;
    if (isMetrics && found.length < MOST_BLOCKS) found.push(readBlock(view, at));
    at = next;
  }
  return at === end;
}

function readBlock(view: DataView, at: number): VoipMetrics {
  const share = (offset: number) => view.getUint8(at + offset) / 256;
  const time = (offset: number) => view.getUint16(at + offset);
  const octet = (offset: number) => available(view.getUint8(at + offset));
  const mos = (offset: number) => scored(octet(offset));
  const config = view.getUint8(at + 28);
  return {
    source: view.getUint32(at + 4),
    lostShare: share(8),
    discardedShare: share(9),
    burstDensity: share(10),
    gapDensity: share(11),
    burstMs: time(12),
    gapMs: time(14),
    roundTripMs: time(16) || null,
    endSystemMs: time(18) || null,
    signalLevel: available(view.getInt8(at + 20)),
    noiseLevel: available(view.getInt8(at + 21)),
    echoReturnLoss: octet(22),
    r: within(octet(24), 0, 100),
    mosListening: mos(26),
    mosConversation: mos(27),
    concealment: concealments[config >> 6] ?? "unspecified",
    isBufferAdaptive: (config & 0x20) === 0 ? null : (config & 0x10) !== 0,
    bufferRate: config & 15,
    bufferNominalMs: time(30),
    bufferMaximumMs: time(32),
    bufferLimitMs: time(34),
  };
}

function available(value: number): number | null {
  return value === NOT_AVAILABLE ? null : value;
}

function scored(tenths: number | null): number | null {
  const value = within(tenths, 10, 50);
  return value === null ? null : value / 10;
}

/** A value that can not be is none. */
function within(value: number | null, least: number, most: number): number | null {
  return value === null || value < least || value > most ? null : value;
}
