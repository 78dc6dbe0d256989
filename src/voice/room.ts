import { getHeapStatistics } from "node:v8";
import * as layout from "../../assembly/layout.ts";
import type { MemoryStatus, VoiceOptions } from "./contract.ts";

const PAGE = 65_536;

/** An RTP stream's places in the memory map: its own, and its share of those for packets. */
const STREAM =
  layout.ENDPOINT_SIZE +
  layout.KERNELS_STRIDE +
  layout.JITTER_STRIDE +
  (layout.RTP_OUT_SLOTS * layout.RTP_OUT_STRIDE) / layout.MAX_RTP +
  (layout.RTP_IN_SLOTS * layout.RTP_IN_STRIDE) / layout.MAX_RTP;

/** A device channel's, with a ring each way. */
const CHANNEL =
  layout.ENDPOINT_SIZE + layout.KERNELS_STRIDE + layout.ECHO_STRIDE + 2 * (layout.RINGS_STRIDE + layout.RING_STRIDE);

/** What the voice may take in all: settled when it starts, for nothing is allocated in the map, which does not grow. */
export function memoryStatus({ streams, usbChannels }: Pick<VoiceOptions, "streams" | "usbChannels">): MemoryStatus {
  const mapBytes = layout.PAGES * PAGE;
  const unused = (layout.MAX_RTP - streams) * STREAM + (layout.MAX_USB - usbChannels) * CHANNEL;
  return {
    streamBytes: STREAM,
    channelBytes: CHANNEL,
    mostBytes: mapBytes - unused,
    heapBytes: getHeapStatistics().used_heap_size,
  };
}
