/** RTCP packet types, RFC 3550 §12.1 and RFC 3611 §2. */
const [senderReport, receiverReport, extendedReport] = [200, 201, 207];
const voipMetrics = 7;
const blockOctets = 24;
/** Packets of one datagram that are looked at. */
const mostPackets = 32;

interface Packet {
  readonly type: number;
  readonly count: number;
  /** From its first octet to its last. */
  readonly view: DataView;
}

/**
 * A compound RTCP datagram as collectors want it, in JSON with the keys that Asterisk, rtpengine and captagent use: its sender
 * or receiver report, and VoIP metrics. Null when there is neither, or it is damaged.
 */
export function rtcpJson(datagram: Uint8Array): string | null {
  const packets = packetsOf(datagram);
  const report = packets?.find(({ type, view }) => isReport(type) && view.byteLength >= 8);
  const metrics = packets?.map(metricsOf).find((found) => found !== null) ?? null;
  if (report === undefined) return null;
  const { type, view } = report;
  const sender = type === senderReport && view.byteLength >= 28 ? senderOf(view) : null;
  const blocks = blocksOf(report);
  return JSON.stringify({
    ...(sender === null ? {} : { sender_information: sender }),
    ssrc: view.getUint32(4),
    type,
    report_count: blocks.length,
    report_blocks: blocks,
    ...(metrics === null ? {} : { report_blocks_xr: metrics }),
  });
}

function isReport(type: number): boolean {
  return type === senderReport || type === receiverReport;
}

function packetsOf(datagram: Uint8Array): Packet[] | null {
  const whole = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const packets: Packet[] = [];
  for (let at = 0; at < datagram.length && packets.length < mostPackets; ) {
    if (at + 4 > datagram.length || whole.getUint8(at) >> 6 !== 2) return null;
    const octets = 4 * (whole.getUint16(at + 2) + 1);
    if (at + octets > datagram.length) return null;
    const view = new DataView(datagram.buffer, datagram.byteOffset + at, octets);
    packets.push({ type: whole.getUint8(at + 1), count: whole.getUint8(at) & 31, view });
    at += octets;
  }
  return packets;
}

/** NTP time in its two words, as the others have it. */
function senderOf(view: DataView) {
  return {
    ntp_timestamp_sec: view.getUint32(8),
    ntp_timestamp_usec: view.getUint32(12),
    rtp_timestamp: view.getUint32(16),
    packets: view.getUint32(20),
    octets: view.getUint32(24),
  };
}

/** As many as the head says and its length holds. */
function blocksOf({ type, count, view }: Packet) {
  const first = type === senderReport ? 28 : 8;
  const room = Math.max(0, Math.floor((view.byteLength - first) / blockOctets));
  return Array.from({ length: Math.min(count, room) }, (_, n) => blockOf(view, first + n * blockOctets));
}

function blockOf(view: DataView, at: number) {
  return {
    source_ssrc: view.getUint32(at),
    fraction_lost: view.getUint8(at + 4),
    packets_lost: (view.getInt32(at + 4) << 8) >> 8,
    highest_seq_no: view.getUint32(at + 8),
    ia_jitter: view.getUint32(at + 12),
    lsr: view.getUint32(at + 16),
    dlsr: view.getUint32(at + 20),
  };
}

/** The first VoIP metrics block of an extended report; null when it has none. Durations in ms, rates of 256. */
function metricsOf({ type, view }: Packet) {
  if (type !== extendedReport) return null;
  for (let at = 8; at + 4 <= view.byteLength; at += 4 * (view.getUint16(at + 2) + 1)) {
    if (view.getUint8(at) !== voipMetrics || at + 36 > view.byteLength) continue;
    return {
      type: voipMetrics,
      id: view.getUint32(at + 4),
      fraction_lost: view.getUint8(at + 8),
      fraction_discard: view.getUint8(at + 9),
      burst_density: view.getUint8(at + 10),
      gap_density: view.getUint8(at + 11),
      burst_duration: view.getUint16(at + 12),
      gap_duration: view.getUint16(at + 14),
      round_trip_delay: view.getUint16(at + 16),
      end_system_delay: view.getUint16(at + 18),
    };
  }
  return null;
}
