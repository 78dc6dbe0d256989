import { FORMAT_L16, FORMAT_PCMA, FORMAT_PCMU, FRAME_SAMPLES, SCRATCH_LINEAR } from "../layout.ts";
import { decodePcma, decodePcmu, encodePcma, encodePcmu, SILENCE_PCMA, SILENCE_PCMU } from "./g711.ts";

/** Octets of one frame. */
export function frameOctets(format: i32): i32 {
  return format == FORMAT_L16 ? FRAME_SAMPLES * 2 : FRAME_SAMPLES;
}

/** `count` samples, a multiple of 16. */
export function decode(format: i32, octets: usize, samples: usize, count: i32): void {
  if (format == FORMAT_PCMU) decodePcmu(octets, samples, count);
  else if (format == FORMAT_PCMA) decodePcma(octets, samples, count);
  else memory.copy(samples, octets, usize(count) << 1);
}

/** `count` samples, a multiple of 16. */
export function encode(format: i32, samples: usize, octets: usize, count: i32): void {
  if (format == FORMAT_PCMU) encodePcmu(samples, octets, count);
  else if (format == FORMAT_PCMA) encodePcma(samples, octets, count);
  else memory.copy(octets, samples, usize(count) << 1);
}

/** G.711 octets of one law to the other, in place; `count` a multiple of 16, at most what the scratch holds. */
export function transcode(from: i32, to: i32, octets: usize, count: i32): void {
  decode(from, octets, SCRATCH_LINEAR, count);
  encode(to, SCRATCH_LINEAR, octets, count);
}

/** One frame of silence. */
export function fillSilence(format: i32, octets: usize): void {
  const octet: u8 = format == FORMAT_PCMU ? SILENCE_PCMU : format == FORMAT_PCMA ? SILENCE_PCMA : 0;
  memory.fill(octets, octet, usize(frameOctets(format)));
}
