import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import type { Endpoint } from "../message/name.ts";
import { conferenceName } from "./conferences.ts";
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
    format: map.formatName(word(words.CONTROL_FORMAT)) ?? "none",
    peer: nameOf(word(words.CONTROL_PEER)) ?? conferenceName(word(words.CONTROL_PEER)),
    received: isRtp ? word(words.METER_TOTAL) : word(words.RING_FRAMES_IN),
    sent: isRtp ? word(words.SEND_PACKETS) : word(words.RING_FRAMES_OUT),
    lost: isRtp ? lostPackets(word) : word(words.METER_GAPS),
    late: word(words.METER_LATE),
    concealed: word(words.METER_CONCEALED),
    jitterMs: isRtp
      ? Math.round((word(words.METER_JITTER) / 16 / unitsPerMs(map, word(words.CONTROL_FORMAT))) * 100) / 100
      : null,
    quality: streamQuality(map, index, rtcp),
  };
}

/** RFC 3550 A.3; never negative, though duplicates could make it so. */
function lostPackets(word: (offset: number) => number): number {
  if (word(words.METER_STARTED) === 0) return 0;
  const highest = word(words.METER_CYCLES) + word(words.METER_MAX_SEQUENCE);
  const lost = highest - word(words.METER_BASE_SEQUENCE) + 1 - word(words.METER_RECEIVED);
  return Math.max(0, lost) + word(words.METER_LOST_BEFORE);
}
