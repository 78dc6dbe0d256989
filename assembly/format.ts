/** What a voice format is: how many octets, samples and RTP units make a frame, and how the stateless ones convert. */
import { decodePcma, decodePcmu, encodePcma, encodePcmu, SILENCE_PCMA, SILENCE_PCMU } from "./codec/g711.ts";
import { swapOctets } from "./codec/pack.ts";
import { frameSamples, wideSamples } from "./frame-time.ts";
import {
  CODEC_CONCEALS,
  CODEC_FRAME_UNITS,
  CODEC_OCTETS,
  CODEC_STRIDE,
  CODEC_TIME,
  CODEC_UNITS,
  CODEC_WIDE,
  FORMAT_G722,
  FORMAT_G726,
  FORMAT_G726_AAL2,
  FORMAT_L16,
  FORMAT_L16_NETWORK,
  FORMAT_L16_NETWORK_WIDE,
  FORMAT_PCMA,
  FORMAT_PCMU,
  FORMAT_PLUGIN,
  HEADER_CODECS,
  MAX_FRAME_OCTETS,
  MAX_FRAME_SAMPLES,
  SCRATCH_LINEAR,
} from "./layout.ts";

/** Of the greediest codec of the host, at 8000 samples a second. */
const OCTETS_PER_SAMPLE: i32 = MAX_FRAME_OCTETS / MAX_FRAME_SAMPLES;

/** A codec of the host: it works between the parts of the tick, and its frames may differ in length. */
export function isPlugin(format: i32): bool {
  return format >= FORMAT_PLUGIN;
}

/** A word of the codec's row in the table, CODEC_…. */
function told(format: i32, word: usize): i32 {
  return load<i32>(usize(HEADER_CODECS) + usize(format - FORMAT_PLUGIN) * CODEC_STRIDE + word);
}

/** The codec makes up itself what was lost. */
export function concealsItself(format: i32): bool {
  return isPlugin(format) && told(format, CODEC_CONCEALS) != 0;
}

export function isWide(format: i32): bool {
  if (isPlugin(format)) return told(format, CODEC_WIDE) != 0;
  return format == FORMAT_G722 || format == FORMAT_L16_NETWORK_WIDE;
}

export function isG711(format: i32): bool {
  return format == FORMAT_PCMU || format == FORMAT_PCMA;
}

/** A codec that remembers: a frame means nothing without the ones before. */
export function isStateful(format: i32): bool {
  return format == FORMAT_G722 || isG726(format) || isPlugin(format);
}

export function isG726(format: i32): bool {
  return format == FORMAT_G726 || format == FORMAT_G726_AAL2;
}

/** Samples of a frame of the tick. */
export function samplesOf(format: i32): i32 {
  return isWide(format) ? wideSamples : frameSamples;
}

/** RTP timestamp units of a frame of the tick; G.722's clock runs at 8000 Hz (RFC 3551 §4.5.2). */
export function unitsOf(format: i32): i32 {
  return isPlugin(format) ? told(format, CODEC_UNITS) : builtInUnits(format);
}

function builtInUnits(format: i32): i32 {
  return format == FORMAT_L16_NETWORK_WIDE ? wideSamples : frameSamples;
}

/** The codec's own frame in samples at 8000 a second; a built-in one's is as long as the tick's. */
export function codecTime(format: i32): i32 {
  return isPlugin(format) ? told(format, CODEC_TIME) : frameSamples;
}

/** The same in RTP timestamp units. */
export function codecUnits(format: i32): i32 {
  return isPlugin(format) ? told(format, CODEC_FRAME_UNITS) : builtInUnits(format);
}

/** RTP units in 125 µs: 1, or 2 when the clock runs at 16 kHz. */
export function speedOf(format: i32): i32 {
  if (!isPlugin(format)) return format == FORMAT_L16_NETWORK_WIDE ? 2 : 1;
  return told(format, CODEC_FRAME_UNITS) > told(format, CODEC_TIME) ? 2 : 1;
}

/** Octets of a frame; of a codec of the host, the most one of its own has. */
export function frameOctets(format: i32): i32 {
  if (isPlugin(format)) return told(format, CODEC_OCTETS);
  return octetsOf(format, builtInUnits(format));
}

/** Octets that a packet out needs; of a codec of the host, the most. */
export function packetOctets(format: i32): i32 {
  if (!isPlugin(format) || codecTime(format) >= frameSamples) return frameOctets(format);
  return 2 * frameOctets(format);
}

/** Octets that a frame takes in the jitter buffer: of 10 ms half of what the greediest has in 20, of 30 no more than that. */
export function roomOf(format: i32): i32 {
  if (!isPlugin(format)) return frameOctets(format);
  return min<i32>(MAX_FRAME_OCTETS, told(format, CODEC_TIME) * OCTETS_PER_SAMPLE);
}

/**
 * Octets of so many RTP units in the jitter buffer; of an odd number of G.726 samples the octet before. A frame of a codec
 * of the host begins where the greediest one would.
 */
export function octetsOf(format: i32, units: i32): i32 {
  if (isPlugin(format)) return units * (OCTETS_PER_SAMPLE / speedOf(format));
  if (isG726(format)) return units >> 1;
  return isLinear(format) ? units << 1 : units;
}

/** RTP units of so many octets. */
export function unitsIn(format: i32, octets: i32): i32 {
  if (isG726(format)) return octets << 1;
  return isLinear(format) ? octets >> 1 : octets;
}

function isLinear(format: i32): bool {
  return format == FORMAT_L16 || format == FORMAT_L16_NETWORK || format == FORMAT_L16_NETWORK_WIDE;
}

/** Of a stateless format; `count` samples, a multiple of 16. */
export function decodeStateless(format: i32, octets: usize, samples: usize, count: i32): void {
  if (format == FORMAT_PCMU) decodePcmu(octets, samples, count);
  else if (format == FORMAT_PCMA) decodePcma(octets, samples, count);
  else if (format == FORMAT_L16) memory.copy(samples, octets, usize(count) << 1);
  else swapOctets(octets, samples, count);
}

/** To a stateless format; `count` samples, a multiple of 16. */
export function encodeStateless(format: i32, samples: usize, octets: usize, count: i32): void {
  if (format == FORMAT_PCMU) encodePcmu(samples, octets, count);
  else if (format == FORMAT_PCMA) encodePcma(samples, octets, count);
  else if (format == FORMAT_L16) memory.copy(octets, samples, usize(count) << 1);
  else swapOctets(samples, octets, count);
}

/** G.711 octets of one law to the other, in place; `count` a multiple of 16, at most what the scratch holds. */
export function transcode(from: i32, to: i32, octets: usize, count: i32): void {
  decodeStateless(from, octets, SCRATCH_LINEAR, count);
  encodeStateless(to, SCRATCH_LINEAR, octets, count);
}

/** One frame of silence in a stateless format. */
export function fillSilence(format: i32, octets: usize): void {
  const octet: u8 = format == FORMAT_PCMU ? SILENCE_PCMU : format == FORMAT_PCMA ? SILENCE_PCMA : 0;
  memory.fill(octets, octet, usize(frameOctets(format)));
}
