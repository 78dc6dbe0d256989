import * as layout from "../../assembly/layout.ts";
import type { Endpoint } from "../message/name.ts";
import type { StreamStatus } from "./contract.ts";
import { endpointAddress, type VoiceMap } from "./map.ts";
import { type FromRtcp, streamQuality, unitsPerMs } from "./stream-quality.ts";

/** What the memory map says of one open endpoint, and RTCP of a stream. */
export function streamStatus(
  map: VoiceMap,
  index: number,
  endpoint: Endpoint,
  nameOf: (index: number) => Endpoint | null,
  rtcp?: FromRtcp,
): StreamStatus {
  const at = endpointAddress(index);
  const word = (offset: number) => map.word(at + offset);
  const isRtp = index < layout.MAX_RTP;
  return {
    endpoint,
    format: map.formatName(word(layout.CONTROL_FORMAT)) ?? "none",
    peer: nameOf(word(layout.CONTROL_PEER)),
    received: isRtp ? word(layout.METER_TOTAL) : word(layout.RING_FRAMES_IN),
    sent: isRtp ? word(layout.SEND_PACKETS) : word(layout.RING_FRAMES_OUT),
    lost: isRtp ? lostPackets(word) : word(layout.METER_GAPS),
    late: word(layout.METER_LATE),
    concealed: word(layout.METER_CONCEALED),
    jitterMs: isRtp
      ? Math.round((word(layout.METER_JITTER) / 16 / unitsPerMs(map, word(layout.CONTROL_FORMAT))) * 100) / 100
      : null,
    quality: streamQuality(map, index, rtcp),
  };
}

/** RFC 3550 A.3; never negative, though duplicates could make it so. */
function lostPackets(word: (offset: number) => number): number {
  if (word(layout.METER_STARTED) === 0) return 0;
  const highest = word(layout.METER_CYCLES) + word(layout.METER_MAX_SEQUENCE);
  const lost = highest - word(layout.METER_BASE_SEQUENCE) + 1 - word(layout.METER_RECEIVED);
  return Math.max(0, lost) + word(layout.METER_LOST_BEFORE);
}
