import * as words from "../../../assembly/endpoint-words.ts";
import * as layout from "../../../assembly/layout.ts";
import { endpointAddress, type VoiceMap } from "../map.ts";

/** Lengths of one frame, as the module of a map has them (assembly/format.ts). */
export interface FrameShape {
  /** Octets; of a plug-in the most it may have. */
  readonly octets: number;
  readonly samples: number;
}

/** Of the frames of one tick. */
export function frameShape(map: VoiceMap, format: number): FrameShape {
  const samples = map.word(layout.HEADER_FRAME);
  if (format >= layout.FORMAT_PLUGIN) return pluginShape(map, format);
  const wide = format === layout.FORMAT_G722 || format === layout.FORMAT_L16_NETWORK_WIDE;
  const perUnit = octetsPerUnit(format);
  const units = format === layout.FORMAT_L16_NETWORK_WIDE ? 2 * samples : samples;
  return { octets: units * perUnit, samples: wide ? 2 * samples : samples };
}

function octetsPerUnit(format: number): number {
  if (format === layout.FORMAT_G726 || format === layout.FORMAT_G726_AAL2) return 0.5;
  const linear = [layout.FORMAT_L16, layout.FORMAT_L16_NETWORK, layout.FORMAT_L16_NETWORK_WIDE];
  return linear.some((one) => one === format) ? 2 : 1;
}

function pluginShape(map: VoiceMap, format: number): FrameShape {
  const at = layout.HEADER_CODECS + (format - layout.FORMAT_PLUGIN) * layout.CODEC_STRIDE;
  const samples = map.word(layout.HEADER_FRAME);
  const wide = map.word(at + layout.CODEC_WIDE) !== 0;
  return { octets: map.word(at + layout.CODEC_OCTETS), samples: wide ? 2 * samples : samples };
}

/** The newest frame of a stream that came, coded. */
export function codedFrame(map: VoiceMap, stream: number): Uint8Array {
  const at = endpointAddress(stream);
  const slot = at + words.FRAME_OCTETS + map.word(at + words.INPUT_SLOT) * slotOctets(map.word(layout.HEADER_FRAME));
  const format = map.word(at + words.INPUT_FORMAT);
  const own = format >= layout.FORMAT_PLUGIN ? map.word(at + words.INPUT_LENGTH) : frameShape(map, format).octets;
  return map.octets.subarray(slot, slot + own);
}

/** Of one of the slots that assembly/frame.ts keeps: half as long with frames of 10 ms. */
export function slotOctets(frameSamples: number): number {
  return (layout.MAX_FRAME_OCTETS * frameSamples) / layout.MAX_FRAME_SAMPLES;
}

/** Where the samples of a stream's newest frame lie. */
export function linearAddress(stream: number): number {
  return endpointAddress(stream) + words.FRAME_LINEAR;
}
