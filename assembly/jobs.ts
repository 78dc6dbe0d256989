/** Frames that wait for a codec of the host, which works between the parts of the tick. */

import { partOf } from "./codec-frame.ts";
import { DECODER_WARM, ENCODER_WARM, FRAME_OCTETS } from "./endpoint-words.ts";
import { packetOctets } from "./format.ts";
import {
  JOB_ENDPOINT,
  JOB_FORMAT,
  JOB_FRESH,
  JOB_LENGTH,
  JOB_OCTETS,
  JOB_PART,
  JOB_SAMPLES,
  JOBS_DECODE,
  JOBS_DECODING,
  JOBS_ENCODE,
  JOBS_ENCODING,
  JOBS_STRIDE,
  MAX_RTP,
} from "./layout.ts";

/** `length` octets of the newest frame, or of the first of two; 0 = it was lost. */
export function addPluginDecoding(index: i32, endpoint: usize, format: i32, samples: usize, length: i32): void {
  const fresh = !load<i32>(endpoint, DECODER_WARM);
  store<i32>(endpoint, 1, DECODER_WARM);
  add(JOBS_DECODING, JOBS_DECODE, index, format, fresh, endpoint + FRAME_OCTETS, length, samples);
}

/** The octets go to `octets`, at most as many as a frame may have; the host writes the packet's true length. */
export function addPluginEncoding(index: i32, endpoint: usize, format: i32, samples: usize, octets: usize): void {
  const fresh = !load<i32>(endpoint, ENCODER_WARM);
  store<i32>(endpoint, 1, ENCODER_WARM);
  add(JOBS_ENCODING, JOBS_ENCODE, index, format, fresh, octets, packetOctets(format), samples);
}

/** Forgets the jobs of the tick before. */
export function clearJobs(): void {
  store<i32>(JOBS_DECODING, 0);
  store<i32>(JOBS_ENCODING, 0);
}

function add(
  counter: usize,
  jobs: usize,
  index: i32,
  format: i32,
  fresh: bool,
  octets: usize,
  length: i32,
  samples: usize,
): void {
  const waiting = load<i32>(counter);
  if (waiting >= MAX_RTP) return;
  const job = jobs + usize(waiting) * JOBS_STRIDE;
  store<i32>(job, index, JOB_ENDPOINT);
  store<i32>(job, format, JOB_FORMAT);
  store<i32>(job, i32(fresh), JOB_FRESH);
  store<u32>(job, u32(octets), JOB_OCTETS);
  store<i32>(job, length, JOB_LENGTH);
  store<u32>(job, u32(samples), JOB_SAMPLES);
  store<i32>(job, partOf(format), JOB_PART);
  store<i32>(counter, waiting + 1);
}
