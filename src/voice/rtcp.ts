/** RTCP packets, RFC 3550 §6. */

/** What a sender tells of itself, §6.4.1. */
export interface SenderInfo {
  /** Milliseconds since 1970. */
  readonly wallClock: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

/** What a receiver tells of one source, §6.4.1. */
export interface ReportBlock {
  readonly ssrc: number;
  /** Of 256. */
  readonly fractionLost: number;
  /** 24 bits, signed: duplicates make it negative. */
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  /** In RTP units. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report, 0 = none yet. */
  readonly lastReport: number;
  /** Since then, in 1/65536 s. */
  readonly delay: number;
}

export interface Report {
  readonly ssrc: number;
  /** At most 255 octets of ASCII. */
  readonly cname: string;
  /** Null when nothing has been sent: a receiver report, then. */
  readonly sender: SenderInfo | null;
  readonly block: ReportBlock | null;
  /** An extended report (rtcp-xr.ts), one RTCP packet. */
  readonly extended?: Uint8Array;
  /** The stream ends with this packet. */
  readonly bye: boolean;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;
const CNAME = 1;
const SENDER_OCTETS = 20;
const BLOCK_OCTETS = 24;
/** Blocks read of one datagram: it has sources, not hundreds. */
const MOST_BLOCKS = 31;
/** Seconds from 1900 to 1970. */
const NTP_EPOCH = 2_208_988_800;

/** A compound packet: report, source description, extended report and, at the end, BYE. */
export function writeReport(report: Report): Uint8Array {
  const { ssrc, sender, block, extended, bye } = report;
  const cname = report.cname.slice(0, 255);
  const reported = 8 + (sender === null ? 0 : SENDER_OCTETS) + (block === null ? 0 : BLOCK_OCTETS);
  const described = 8 + ((2 + cname.length + 1 + 3) & ~3);
  const octets = new Uint8Array(reported + described + (extended?.length ?? 0) + (bye ? 8 : 0));
  const view = new DataView(octets.buffer);
  const type = sender === null ? RECEIVER_REPORT : SENDER_REPORT;
  writeHead(view, 0, block === null ? 0 : 1, type, reported, ssrc);
  if (sender !== null) writeSender(view, 8, sender);
  if (block !== null) writeBlock(view, reported - BLOCK_OCTETS, block);
  writeHead(view, reported, 1, SOURCE_DESCRIPTION, described, ssrc);
  octets[reported + 8] = CNAME;
  octets[reported + 9] = cname.length;
  for (let n = 0; n < cname.length; n++) octets[reported + 10 + n] = cname.charCodeAt(n) & 0x7f;
  if (extended !== undefined) octets.set(extended, reported + described);
  if (bye) writeHead(view, octets.length - 8, 1, BYE, 8, ssrc);
  return octets;
}

/** Header of a packet of so many octets, and the source it is of. */
function writeHead(view: DataView, at: number, count: number, type: number, octets: number, ssrc: number): void {
  view.setUint8(at, 0x80 | count);
  view.setUint8(at + 1, type);
  view.setUint16(at + 2, octets / 4 - 1);
  view.setUint32(at + 4, ssrc);
}

function writeSender(view: DataView, at: number, sender: SenderInfo): void {
  const seconds = sender.wallClock / 1000;
  const whole = Math.floor(seconds);
  view.setUint32(at, whole + NTP_EPOCH);
  view.setUint32(at + 4, Math.floor((seconds - whole) * 2 ** 32));
  view.setUint32(at + 8, sender.rtpTimestamp);
  view.setUint32(at + 12, sender.packets);
  view.setUint32(at + 16, sender.octets);
}

function writeBlock(view: DataView, at: number, block: ReportBlock): void {
  const lost = Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost)) & 0xffffff;
  view.setUint32(at, block.ssrc);
  view.setUint32(at + 4, ((block.fractionLost & 0xff) << 24) | lost);
  view.setUint32(at + 8, block.highestSequence);
  view.setUint32(at + 12, block.jitter);
  view.setUint32(at + 16, block.lastReport);
  view.setUint32(at + 20, block.delay);
}

export interface ReportRead {
  /** The last sender report in the compound packet: its source, and the middle of its NTP time. */
  readonly sender: { readonly ssrc: number; readonly ntpMiddle: number } | null;
  /** About all sources, in the order of the packet. */
  readonly blocks: readonly ReportBlock[];
  readonly bye: boolean;
}

/**
 * Reads a compound packet leniently: unknown types are skipped, the order does not matter.
 * Null when the lengths do not add up to the datagram's.
 */
export function readReport(datagram: Uint8Array): ReportRead | null {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  let sender: ReportRead["sender"] = null;
  const blocks: ReportBlock[] = [];
  let bye = false;
  let at = 0;
  if (datagram.length === 0) return null;
  while (at < datagram.length) {
    if (at + 4 > datagram.length || view.getUint8(at) >> 6 !== 2) return null;
    const end = at + 4 * (view.getUint16(at + 2) + 1);
    if (end > datagram.length) return null;
    const type = view.getUint8(at + 1);
    if (type === SENDER_REPORT && end - at >= 28)
      sender = { ssrc: view.getUint32(at + 4), ntpMiddle: view.getUint32(at + 10) };
    if (type === SENDER_REPORT) readBlocks(view, at, at + 28, end, blocks);
    if (type === RECEIVER_REPORT) readBlocks(view, at, at + 8, end, blocks);
    if (type === BYE) bye = true;
    at = end;
  }
  return { sender, blocks, bye };
}

/** As many as the head of the packet says and its length holds. */
function readBlocks(view: DataView, head: number, from: number, end: number, blocks: ReportBlock[]): void {
  let count = view.getUint8(head) & 31;
  for (let at = from; count > 0 && at + BLOCK_OCTETS <= end && blocks.length < MOST_BLOCKS; at += BLOCK_OCTETS) {
    blocks.push(readBlock(view, at));
    count--;
  }
}

function readBlock(view: DataView, at: number): ReportBlock {
  return {
    ssrc: view.getUint32(at),
    fractionLost: view.getUint8(at + 4),
    cumulativeLost: (view.getInt32(at + 4) << 8) >> 8,
    highestSequence: view.getUint32(at + 8),
    jitter: view.getUint32(at + 12),
    lastReport: view.getUint32(at + 16),
    delay: view.getUint32(at + 20),
  };
}
